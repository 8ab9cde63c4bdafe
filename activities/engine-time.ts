import { activityInfo } from '@temporalio/activity';
import type { Instant } from '../src/domain/duration.js';

/** The engine asked for this attempt at its own time; a worker that comes to it late goes by the time it has now. */
export function engineTime(): Instant {
  const asked = activityInfo().currentAttemptScheduledTimestampMs;
  return new Date(Math.max(asked, Date.now())).toISOString();
}
