import type { Calendar } from '../../calendar.js';
import { after, type Instant, type Milliseconds } from '../../duration.js';
import { judgeCalendar } from './judge-calendar.js';

/** When a rollout could begin and end if nothing else kept it. */
export interface Foreseen {
  /** Missing where no window opens within the horizon, and after such an environment. */
  readonly mayBegin?: Instant;
  readonly mayEnd?: Instant;
  /** Why it could not begin at once. */
  readonly closed?: string;
}

/** One environment after the other, each as soon as its calendar lets it; building, starting and deciding take no time here. */
export function foresee(
  stages: readonly { readonly calendar?: Calendar; readonly notice?: Milliseconds; readonly lasts: Milliseconds }[],
  { now, zoneData }: { readonly now: Instant; readonly zoneData: string },
): readonly Foreseen[] {
  let reached: Instant | undefined = now;
  return stages.map(({ calendar, notice, lasts }) => {
    if (reached === undefined) return {};
    const notBefore = notice === undefined ? {} : { notBefore: after(reached, notice) };
    const standing = calendar && judgeCalendar(calendar, { now: reached, zoneData, ...notBefore });
    const mayBegin: Instant | undefined = standing && !standing.open ? standing.opensAt : reached;
    const closed = standing?.open === false ? { closed: standing.reason } : {};
    reached = mayBegin === undefined ? undefined : after(mayBegin, lasts);
    return {
      ...closed,
      ...(mayBegin !== undefined && { mayBegin }),
      ...(reached !== undefined && { mayEnd: reached }),
    };
  });
}
