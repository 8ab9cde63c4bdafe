import type { Artifact } from '../artifact.js';
import type { StageOrder } from '../release.js';
import type { BoundFlag, RolloutPlan } from '../rollout.js';
import { dataImpact } from './data-impact.js';
import { type DataPlan, noData } from './plan-data.js';
import { planMending, planRecovery, planRollout } from './plan-rollout.js';

/** What the world runs now, as far as a plan needs to know. */
export interface World {
  readonly generation: number;
  readonly stable?: Artifact;
  /** Per cent of the traffic on the candidate. */
  readonly share?: number;
}

/** A whole plan but for its hash: the steps for this world, one generation above whatever it has seen. */
export function planFor(ask: {
  readonly kind: 'release' | 'recovery';
  readonly stage: StageOrder;
  readonly artifact: Artifact;
  readonly world: World;
  /** What it does to data; nothing unless said. */
  readonly data?: DataPlan;
  /** The flags that the release is bound to, as they stand there. */
  readonly flags?: readonly BoundFlag[];
}): Omit<RolloutPlan, 'hash'> {
  const { stage, artifact, world, flags = [] } = ask;
  const data = dataOf(ask);
  const { environment, instances, strategy, smokeWithin, wayBack } = stage;
  const keepFormer = stage.aftercare !== undefined;
  const place = { service: artifact.service, environment };
  const from = world.stable;
  const isThere = from?.digest === artifact.digest;
  const draft =
    ask.kind === 'recovery'
      ? isThere
        ? planMending(smokeWithin)
        : planRecovery(smokeWithin, data)
      : planRollout({
          ...{ place, strategy, to: artifact, instances, smokeWithin, keepFormer, data },
          ...(from && { from }),
          ...(wayBack && { wayBack }),
        });
  const impact = dataImpact(data, { to: artifact.version, ...(from && { from: from.version }) });
  const found = world.share === undefined || world.share === 0 ? {} : { found: world.share };
  return {
    place,
    to: artifact,
    instances,
    generation: world.generation + 1,
    ...draft,
    ...(from && { from }),
    ...found,
    ...(flags.length > 0 && ask.kind === 'release' && { flags }),
    ...(impact !== undefined && { dataImpact: impact }),
  };
}

/** What comes back has been there before: it brings no migration of its own, whatever it declares. */
function dataOf({
  kind,
  data = noData,
}: {
  readonly kind: 'release' | 'recovery';
  readonly data?: DataPlan;
}): DataPlan {
  return kind === 'recovery' && data.kind === 'migrate' ? noData : data;
}
