import type { Artifact } from '../artifact.js';
import type { StageOrder } from '../release.js';
import type { RolloutPlan } from '../rollout.js';
import { numbered } from './plan-rollout.js';
import { shift, start, verify } from './strategies/phrases.js';

/**
 * What runs is started a second time, users are given to it, half of them and then all, and its way back is the one that a
 * release would take: by the same steps, shares and patience. Nothing is adopted, and no version changes.
 */
export function planDrill(
  { environment, instances, smokeWithin, wayBack }: StageOrder,
  { stable, generation }: { readonly stable: Artifact; readonly generation: number },
): Omit<RolloutPlan, 'hash'> {
  return {
    place: { service: stable.service, environment },
    strategy: 'drill',
    from: stable,
    to: stable,
    instances,
    generation: generation + 1,
    steps: numbered([start, verify(smokeWithin), shift(50, wayBack), shift(100, wayBack)]),
  };
}
