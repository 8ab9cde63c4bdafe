import type { Leap } from './command.js';
import type { RolloutPlan, Step } from './rollout.js';

/** How far commands would leap from the step under way, by the plan. */
export function leapFrom(
  { steps }: Pick<RolloutPlan, 'steps'>,
  at: { readonly id: string; readonly share: number },
  atMost: number,
): Leap {
  const left = steps.slice(steps.findIndex(({ id }) => id === at.id) + 1).map(({ take }) => take);
  const look = left.findIndex(({ kind }) => kind === 'observe');
  const given = (taken: readonly Step[]): number =>
    Math.max(0, ...taken.flatMap((step) => sharesOf(step).map((share) => share - at.share)));
  return { next: given(look < 0 ? left : left.slice(0, look)), full: given(left), atMost };
}

/** In whole points: a batch of three is 33. */
function sharesOf(step: Step): readonly number[] {
  if (step.kind === 'shift') return [step.share];
  return step.kind === 'replace' ? [Math.floor((100 * step.batch) / step.of)] : [];
}
