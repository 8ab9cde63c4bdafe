import type { Refusal } from '../src/domain/rollout.js';

/** Enough to see who tried what; a flood of senseless messages must not fill history or the page. */
const most = 50;

/** Keeps a refusal, the newest last; the oldest goes when there are too many. */
export function noteRefusal(refused: Refusal[], refusal: Refusal): void {
  refused.push(refusal);
  if (refused.length > most) refused.shift();
}
