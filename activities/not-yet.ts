import { ApplicationFailure } from '@temporalio/activity';
import type { Milliseconds } from '../src/domain/duration.js';

/** The benign failure that asks for the next look: nothing is wrong, so it has no stack, which would be kept with every look. */
export function notYet(message: string, nextRetryDelay: Milliseconds): ApplicationFailure {
  const goOn = ApplicationFailure.create({
    type: 'look-again',
    message,
    category: 'BENIGN',
    nonRetryable: false,
    nextRetryDelay,
  });
  goOn.stack = '';
  return goOn;
}
