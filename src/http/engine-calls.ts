import { setTimeout as pause } from 'node:timers/promises';
import { type Client, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { type Milliseconds, seconds, spoken } from '../domain/duration.js';
import { DeskFault } from './desk.js';
import { deskFault } from './engine-faults.js';

/** The longest a caller is kept waiting. An update that came too late for its answer is still done. */
export const patience = { look: seconds(5), update: seconds(10), work: seconds(30), check: seconds(1) };

/** Calls to the engine: every one has a deadline, and every fault is one of the desk's. */
export function createCalls(client: Client) {
  const open = new Set<Promise<unknown>>();
  return { within, found, answers, quiet };

  /** Returns when no call is under way: the client's retries do not survive the closing of their connection. */
  async function quiet(): Promise<void> {
    await Promise.allSettled(open);
  }

  /** What is asked for, or `undefined` where nothing runs or ran that could answer. */
  async function found<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await within(patience.look, ask);
    } catch (fault) {
      if (fault instanceof DeskFault && fault.kind === 'not-running') return undefined;
      throw fault;
    }
  }

  async function within<T>(patience: Milliseconds, ask: () => Promise<T>): Promise<T> {
    const answered = new AbortController();
    try {
      return await Promise.race([send(patience, ask), tooLate(patience + overrun, answered.signal)]);
    } catch (fault) {
      throw await deskFault(fault, answers);
    } finally {
      answered.abort();
    }
  }

  async function send<T>(patience: Milliseconds, ask: () => Promise<T>): Promise<T> {
    const call = client.withDeadline(Date.now() + patience, ask);
    open.add(call);
    try {
      return await call;
    } finally {
      open.delete(call);
    }
  }

  async function answers(): Promise<boolean> {
    try {
      await send(patience.check, () => client.workflowService.getSystemInfo({}));
      return true;
    } catch {
      return false;
    }
  }
}

/** The client tries again past its deadline, for up to half of it more where the server is down. */
const overrun = 250;

async function tooLate(after: Milliseconds, answered: AbortSignal): Promise<never> {
  await pause(after, undefined, { signal: answered });
  throw new WorkflowUpdateRPCTimeoutOrCancelledError(`no answer in ${spoken(after)}`);
}
