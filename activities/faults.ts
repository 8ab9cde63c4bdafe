import { ApplicationFailure } from '@temporalio/activity';
import { Refused } from '../src/domain/failure.js';

/** A permanent fault keeps its code: the retry policy of who asked says which codes it takes for an answer. */
export function asFailure(fault: unknown): unknown {
  if (!(fault instanceof Refused)) return fault;
  return ApplicationFailure.create({ type: fault.code, message: fault.message, nonRetryable: false });
}

/** Every function of a set of activities, its permanent faults told as such. */
export function withCodes<T extends object>(activities: T): T {
  const coded = Object.entries(activities).map(([name, run]) => [
    name,
    async (ask: unknown): Promise<unknown> => {
      try {
        return await (run as (ask: unknown) => Promise<unknown>)(ask);
      } catch (fault) {
        throw asFailure(fault);
      }
    },
  ]);
  return Object.fromEntries(coded) as T;
}

/** What a fault says, for people. */
export const wordsOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
