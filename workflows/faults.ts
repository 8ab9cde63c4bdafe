import { ActivityFailure, ApplicationFailure, rootCause, TimeoutFailure } from '@temporalio/workflow';

/** A fault as one sentence: what was asked for, and what came of it. */
export function faultOf(fault: unknown): string {
  if (!(fault instanceof ActivityFailure)) return fault instanceof Error ? fault.message : String(fault);
  const { activityType, cause } = fault;
  if (cause instanceof ApplicationFailure) return `${activityType}: ${cause.message}`;
  if (cause instanceof TimeoutFailure) return `${activityType}: no answer in time${lastWords(cause)}`;
  return `${activityType}: ${rootCause(fault) ?? fault.message}`;
}

const lastWords = (timeout: TimeoutFailure): string => (timeout.cause ? `; last: ${rootCause(timeout) ?? ''}` : '');

/** The code of a permanent fault (`src/domain/failure.ts`); missing for every other. */
export function codeOf(fault: unknown): string | undefined {
  if (!(fault instanceof ActivityFailure) || !(fault.cause instanceof ApplicationFailure)) return undefined;
  return fault.cause.type ?? undefined;
}
