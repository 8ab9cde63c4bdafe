import { activityInfo, heartbeat } from '@temporalio/activity';
import { type Instant, type Milliseconds, seconds } from '../src/domain/duration.js';
import { notYet } from './not-yet.js';

/**
 * A clock of the engine's time, for as long as an attempt lasts: it begins when the engine asked for the attempt, and goes on
 * as this process counts. What this machine's own clock says, and how somebody sets it meanwhile, has no part in it.
 */
export function engineClock(): () => Instant {
  const asked = activityInfo().currentAttemptScheduledTimestampMs;
  const begun = performance.now();
  return () => new Date(asked + performance.now() - begun).toISOString();
}

/** An attempt waits no longer than this for a worker that is there, and clocks that are kept agree as well. */
const tolerance: Milliseconds = seconds(5);

const askedAnew = 'the engine was asked for its time';

/**
 * Now, by the engine's time. Where this machine's clock is far from when the engine asked, either nobody was here to come or
 * that clock is wrong; so the attempt is asked for anew, once, which the engine does at its own time, and that is believed.
 * To be called first, by what keeps nothing else in its heartbeats.
 */
export function engineTime(): Instant {
  const info = activityInfo();
  const apart = Date.now() - info.currentAttemptScheduledTimestampMs;
  const isAnew = info.heartbeatDetails === askedAnew;
  if (isAnew || Math.abs(apart) <= tolerance) {
    if (isAnew) heartbeat(undefined);
    return engineClock()();
  }
  heartbeat(askedAnew);
  throw notYet(`asked for ${Math.round(apart / 1_000)} s ago by the clock here: ${askedAnew}`, 1);
}
