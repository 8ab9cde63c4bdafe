import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import type { Milliseconds } from '../../../src/domain/duration.js';
import { eventually } from '../../support/eventually.js';
import { eventsOf, holderOf, preciseNow, timeOf } from '../../support/events.js';
import { floorQueues } from './queues.js';
import type { reacting, relaying } from './reacting.js';

const program = fileURLToPath(new URL('./worker.js', import.meta.url));

/** The bare workflow on the same server, with worker processes of its own. */
export interface Floor {
  /** From a signal being sent to the activity being started and answered: milliseconds, by the server's clock. */
  readonly react: () => Promise<{ readonly started: number; readonly safe: number }>;
  /** The same, from a signal to another workflow, which passes it on. */
  readonly relay: Floor['react'];
  /** The same as `react`, this long after the process that holds the workflow was killed; another one is there. */
  readonly reactAfterDeath: (ago: Milliseconds) => ReturnType<Floor['react']>;
  readonly close: () => Promise<void>;
}

/** Starts the floor's workers. */
export async function openFloor(ask: {
  readonly client: Client;
  readonly address: string;
  readonly workers: number;
}): Promise<Floor> {
  const { client, address } = ask;
  const children = new Set<ChildProcess>();
  for (let i = 0; i < ask.workers; i += 1) await startWorker();

  return {
    react: () => react(() => Promise.resolve(undefined)),
    relay: () => react(relayTo),
    async reactAfterDeath(ago) {
      const reaction = await react(async (workflowId) => {
        kill(await holderOf(client, workflowId));
        await pause(ago);
        return undefined;
      });
      await startWorker();
      return reaction;
    },
    async close() {
      for (const child of children) await end(child);
    },
  };

  /** `before` may name another workflow that the signal goes to. */
  async function react(before: (workflowId: string) => Promise<string | undefined>) {
    const workflowId = `floor/${randomUUID()}`;
    const handle = await client.workflow.start<typeof reacting>('reacting', {
      workflowId,
      taskQueue: floorQueues.workflows,
      args: [{ queue: floorQueues.activities }],
      workflowTaskTimeout: '5 seconds',
    });
    await eventually('the workflow waits', () => holderOf(client, workflowId));
    const to = await before(workflowId);
    const sent = preciseNow();
    await client.workflow.getHandle(to ?? workflowId).signal('rollback');
    await handle.result();
    const events = await eventsOf(client, workflowId);
    const at = (is: (event: (typeof events)[number]) => unknown): number => timeOf(events.find(is) ?? {}) - sent;
    return {
      started: at((event) => event.activityTaskStartedEventAttributes),
      safe: at((event) => event.activityTaskCompletedEventAttributes),
    };
  }

  async function relayTo(to: string): Promise<string> {
    const workflowId = `${to}/relay`;
    await client.workflow.start<typeof relaying>('relaying', {
      ...{ workflowId, taskQueue: floorQueues.workflows, workflowTaskTimeout: '5 seconds' },
      args: [{ to }],
    });
    await eventually('the relay waits', () => holderOf(client, workflowId));
    return workflowId;
  }

  function kill(pid: number): void {
    const child = [...children].find((each) => each.pid === pid);
    if (!child) throw new Error(`${pid} is no worker of the floor`);
    children.delete(child);
    child.kill('SIGKILL');
  }

  async function startWorker(): Promise<void> {
    const child = fork(program, [address, client.options.namespace], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.add(child);
    await once(child, 'message');
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
