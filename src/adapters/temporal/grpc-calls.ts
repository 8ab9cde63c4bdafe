import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import { seconds, spoken } from '../../domain/duration.js';
import type { Milliseconds } from '../../domain/duration.js';

/** The gRPC status codes that say something about an engine and our rights on it. */
export const status = { invalid: 3, notFound: 5, alreadyExists: 6, denied: 7, unimplemented: 12 } as const;

/** The result of a call, or the status by which it was refused when that is one of `expected`; other faults are thrown. */
export async function answerTo<T, S extends number>(
  connection: Connection,
  expected: readonly S[],
  call: () => Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: S; readonly text: string }> {
  try {
    return { ok: true, value: await connection.withDeadline(Date.now() + seconds(20), call) };
  } catch (fault) {
    const code = isGrpcServiceError(fault) ? expected.find((one) => one === (fault.code as number)) : undefined;
    if (code === undefined || !isGrpcServiceError(fault)) throw fault;
    return { ok: false, code, text: fault.details };
  }
}

/** Whether a list query over this namespace is understood: the last thing to become possible after something was made. */
export async function understands(connection: Connection, namespace: string, query: string): Promise<boolean> {
  const answer = await answerTo(connection, [status.notFound, status.invalid], () =>
    connection.workflowService.countWorkflowExecutions({ namespace, query }),
  );
  return answer.ok;
}

/** Asks until it is so; throws, saying what was waited for, when it is not `within`. */
export async function until(what: string, within: Milliseconds, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + within;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what}: still not so after ${spoken(within)}.`);
    await pause(200);
  }
}
