import * as z from 'zod';
import { roster } from '../../config/orders.js';
import type { Config } from '../../config/config.js';
import { whyNot } from '../../domain/approval.js';
import type { Artifact } from '../../domain/artifact.js';
import type { Calendar } from '../../domain/calendar.js';
import { dataImpact } from '../../domain/decisions/data-impact.js';
import { type DataPlan, noData } from '../../domain/decisions/plan-data.js';
import { planRollout } from '../../domain/decisions/plan-rollout.js';
import { foresee } from '../../domain/decisions/calendar/foresee.js';
import type { Instant, Milliseconds } from '../../domain/duration.js';
import type { StageOrder } from '../../domain/release.js';
import { flagsFirst, type Hold } from '../../domain/rollout.js';
import type { Strategy } from '../../domain/strategy.js';
import type { ServiceStanding } from '../../domain/service.js';
import type { KnownRevision, Revision } from '../../ports/builder.js';
import { whyNotContract } from '../contracting.js';
import { inItsWay, inTheWayOf } from './in-the-way.js';
import * as nouns from './nouns.js';
import { plannedStep, stepView } from './release.js';

const plannedStage = z
  .strictObject({
    environment: z.string(),
    tier: z.enum(['development', 'staging', 'production']),
    strategy: z.enum(['canary', 'blue-green', 'rolling', 'first', 'recovery', 'drill']),
    instances: z.number(),
    /** What runs there now, and what the steps start from. */
    from: nouns.artifact.exactOptional(),
    approvals: nouns.list(z.strictObject({ role: z.string(), people: nouns.list(z.string()) })),
    /** Whether asking for the release is already the approval. */
    approvedByAsking: z.boolean(),
    steps: nouns.list(plannedStep),
    /** What happens before the version goes back, where flags are bound. */
    flagsFirst: z.string().exactOptional(),
    /** What a rollback would do to data. */
    dataImpact: z.string().exactOptional(),
    /** Why the release cannot go here now. */
    refused: z.string().exactOptional(),
    /** When it could begin here, by the calendar, if building, starting and deciding took no time. */
    mayBegin: nouns.instant.exactOptional(),
    /** Then all its windows would be over. */
    mayEnd: nouns.instant.exactOptional(),
    /** What keeps it out now, each with the way forward. Approvals are asked for in any case. */
    inTheWay: nouns.list(z.string()),
  })
  .meta({ id: 'PlannedStage' });

/** What would happen if the release were asked for now. Nothing is changed by asking. */
export const plans = z
  .strictObject({
    service: z.string(),
    version: z.string(),
    commit: z.string(),
    /** What the commit declares to do to data; where it is applied already, it is not applied again. */
    migration: nouns.migration.exactOptional(),
    /** Releases that would be before it. */
    ahead: z.number(),
    /** What would refuse it, or keep it waiting for its turn, each with the way forward. */
    inTheWay: nouns.list(z.string()),
    stages: nouns.list(plannedStage),
  })
  .meta({ id: 'Plans' });

export type PlansView = z.infer<typeof plans>;

/** The plans of all environments, from what runs in each of them now. */
export function plansView(ask: {
  readonly config: Config;
  readonly service: string;
  readonly revision: KnownRevision;
  readonly now: Instant;
  readonly stages: readonly StageOrder[];
  readonly standing: ServiceStanding | undefined;
  readonly requester: string;
  /** Of the whole line. */
  readonly holds: readonly Hold[];
  /** One for each of the stages. */
  readonly calendars: readonly Calendar[];
}): PlansView {
  const { service, revision, stages, standing, calendars, now } = ask;
  const ahead = (standing?.queue.length ?? 0) + (standing?.underWay === undefined ? 0 : 1);
  const views = stages.map((stage) => stageView(stage, ask));
  const hours = foresee(
    stages.map(({ calendar: policy, strategy }, i) => {
      const [calendar, notice] = [calendars[i], policy?.notice];
      return {
        lasts: watched(strategy),
        ...(calendar && { calendar }),
        ...(notice !== undefined && { notice }),
      };
    }),
    { now, zoneData: process.versions['tz'] ?? 'unknown' },
  );
  return {
    ...{ service, ...revision, ahead, inTheWay: [...inItsWay(ask, revision.version, ahead)] },
    stages: views.map((view, i) => {
      const [stage, { closed, ...when } = {}] = [stages[i], hours[i]];
      return { ...view, ...when, inTheWay: stage ? [...inTheWayOf(stage, ask, closed)] : [] };
    }),
  };
}

/** How long its windows last together. */
function watched(strategy: Strategy): Milliseconds {
  const after = strategy.afterwards?.for ?? 0;
  return strategy.kind === 'canary' ? (strategy.shares.length - 1) * strategy.window.for + after : after;
}

type StageView = Omit<PlansView['stages'][number], 'inTheWay' | 'mayBegin' | 'mayEnd'>;

function stageView(stage: StageOrder, ask: Parameters<typeof plansView>[0]): StageView {
  const { environment, tier, instances, strategy, smokeWithin, wayBack } = stage;
  const { service, revision } = ask;
  const from = ask.standing?.running[environment]?.current;
  const to = unbuilt(service, revision);
  const place = { service, environment };
  const { migration } = revision;
  const data: DataPlan = migration
    ? { kind: 'migrate', change: { migration, of: { version: to.version, digest: to.digest } } }
    : noData;
  const draft = planRollout({
    ...{ place, strategy, to, instances, smokeWithin, keepFormer: stage.aftercare !== undefined, data },
    ...(from && { from }),
    ...(wayBack && { wayBack }),
  });
  const impact = dataImpact(data, { to: to.version, ...(from && { from: from.version }) });
  const first = flagsFirst(stage.flags?.map((flag) => ({ flag })));
  const refused = whyNotContract({ stage, migration, standing: ask.standing, now: ask.now });
  return {
    environment,
    tier,
    strategy: draft.strategy,
    instances,
    ...(from && { from }),
    ...approvalsOf(stage, ask),
    steps: draft.steps.map((step) => stepView(step, { to, instances, ...(from && { from }) })),
    ...(first !== undefined && { flagsFirst: first }),
    ...(impact !== undefined && { dataImpact: impact }),
    ...(refused !== undefined && { refused }),
  };
}

/** Steps speak of the artifact by its version alone; it may not be built yet. */
const unbuilt = (service: string, { version, commit }: Revision): Artifact => ({
  service,
  version,
  commit,
  digest: '',
  builtAt: '',
  tag: version,
});

function approvalsOf(
  { approval: policy }: StageOrder,
  { config, requester }: Parameters<typeof plansView>[0],
): Pick<PlansView['stages'][number], 'approvals' | 'approvedByAsking'> {
  const people = roster(config);
  const can = (person: string): boolean => whyNot({ policy, roster: people, requester }, person) === undefined;
  const able = Object.keys(people).filter(can);
  return {
    approvals: policy.roles.map((role) => ({ role, people: able.filter((p) => people[p]?.includes(role)) })),
    approvedByAsking: policy.roles.length === 1 && can(requester),
  };
}
