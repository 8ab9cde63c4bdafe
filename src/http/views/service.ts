import * as z from 'zod';
import { evidenceOfAcknowledgement } from '../../domain/acknowledgement.js';
import type { Instant } from '../../domain/duration.js';
import { commandFor, type ReadinessPolicy, standingOf } from '../../domain/readiness.js';
import type { FollowUpStanding } from '../../domain/follow-up.js';
import type { ReleaseProgress } from '../../domain/release.js';
import type { Running, ServiceStanding } from '../../domain/service.js';
import { followUp } from './follow-ups.js';
import * as nouns from './nouns.js';

const running = z
  .strictObject({
    environment: z.string(),
    current: nouns.artifact.exactOptional(),
    former: nouns.artifact.exactOptional(),
    since: nouns.instant.exactOptional(),
    changeId: z.string().exactOptional(),
    /** Why the former version can no longer come back. */
    noWayBack: z.string().exactOptional(),
  })
  .meta({ id: 'Running' });

/** A service: what runs where, what is under way, what waits, how the latest releases ended. */
export const service = z
  .strictObject({
    name: z.string(),
    environments: nouns.list(running),
    underWay: z.string().exactOptional(),
    queue: nouns.list(z.string()),
    latest: nouns.list(nouns.outcome),
    /** Versions that must not be released until a person lifts that. */
    vetoes: nouns.list(nouns.veto),
    /** Reviews of emergency releases that are owed; overdue, they keep standard releases out. */
    debts: nouns.list(nouns.debt),
    /** What its changes have left to be done and nobody has closed. */
    followUps: nouns.list(followUp),
    /** The readiness checklist by environment, as far as people have to show it. */
    readiness: nouns.list(
      z
        .strictObject({ environment: z.string(), items: nouns.list(nouns.itemStanding) })
        .meta({ id: 'EnvironmentReadiness' }),
    ),
    /** The drill under way, and how the latest one ended. */
    drill: nouns.drill.exactOptional(),
    drilled: nouns.drilled.exactOptional(),
    /** Why nothing further begins: holds of the line that are about this service. */
    holds: nouns.list(nouns.hold),
    /** Why nothing is released: the records know what the engine does not. */
    behind: z.string().exactOptional(),
    links: z.strictObject({ self: z.string(), releases: z.string() }),
  })
  .meta({ id: 'Service' });

export const services = z.strictObject({ services: nouns.list(service) }).meta({ id: 'Services' });

export type ServiceView = z.infer<typeof service>;

/**
 * Every configured environment is shown, also where nothing runs yet. The mailbox hears what a release has adopted when
 * it ends; until then the release under way is asked.
 */
export function serviceView(
  name: string,
  environments: readonly { readonly name: string; readonly readiness?: ReadinessPolicy }[],
  standing: ServiceStanding | undefined,
  {
    now,
    underWay,
    followUps,
  }: {
    readonly now: Instant;
    readonly underWay?: ReleaseProgress | undefined;
    readonly followUps: readonly FollowUpStanding[];
  },
): ServiceView {
  return {
    name,
    environments: environments.map((e) => ({
      environment: e.name,
      ...(adoptedBy(underWay, e.name) ?? standing?.running[e.name]),
    })),
    ...(standing?.underWay !== undefined && { underWay: standing.underWay }),
    queue: standing?.queue ?? [],
    latest: standing?.latest ?? [],
    vetoes: standing?.vetoes ?? [],
    debts: standing?.debts ?? [],
    followUps: followUps.filter(({ service: of, state }) => of === name && state !== 'closed'),
    readiness: environments.flatMap(({ name: environment, readiness = {} }) => {
      const told = underWay?.order.stages.some((one) => one.environment === environment && one.tellsOnCall);
      const changeId = told ? underWay?.order.changeId : undefined;
      const evidence = [...(standing?.evidence ?? []), ...acknowledgedOf(standing, changeId)];
      const { items } = standingOf(readiness, evidence, { service: name, now, changeId });
      const asked = items.filter(({ item }) => commandFor(item, name) !== undefined);
      return asked.length === 0 ? [] : [{ environment, items: asked }];
    }),
    ...(standing?.drill && { drill: standing.drill }),
    ...(standing?.drilled && { drilled: standing.drilled }),
    holds: standing?.holds ?? [],
    ...(standing?.behind !== undefined && { behind: standing.behind }),
    links: { self: `/v1/services/${name}`, releases: `/v1/releases?service=${name}` },
  };
}

/** What whoever is on call has acknowledged of a change. */
const acknowledgedOf = (standing: ServiceStanding | undefined, changeId: string | undefined) =>
  changeId === undefined ? [] : evidenceOfAcknowledgement(standing?.acknowledged ?? [], { changeId });

/** What a release under way has brought to an environment already. */
function adoptedBy(progress: ReleaseProgress | undefined, environment: string): Running | undefined {
  const stage = progress?.stages.find((s) => s.environment === environment);
  if (!stage?.plan || stage.outcome?.kind !== 'adopted') return undefined;
  const { to, from } = stage.plan;
  return {
    current: to,
    ...(from && { former: from }),
    since: stage.outcome.endedAt,
    changeId: progress?.order.changeId ?? '',
  };
}
