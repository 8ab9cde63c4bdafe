import type { StageOrder } from '../../domain/release.js';
import { whyOwed } from '../../domain/emergency.js';
import type { Instant } from '../../domain/duration.js';
import { stops } from '../../domain/line.js';
import { commandFor, standingOf } from '../../domain/readiness.js';
import type { Hold } from '../../domain/rollout.js';
import type { ServiceStanding } from '../../domain/service.js';

interface Way {
  readonly service: string;
  readonly standing: ServiceStanding | undefined;
  readonly holds: readonly Hold[];
  readonly now: Instant;
}

/** What would refuse the release, or keep it waiting, before anything of it begins: a sentence each, with the way forward. */
export function inItsWay({ service, standing, now }: Way, version: string, ahead: number): readonly string[] {
  const veto = standing?.vetoes?.find((one) => one.version === version);
  const owed = whyOwed(service, standing?.debts ?? [], now);
  return [
    ...(veto
      ? [
          `${version} is vetoed by ${veto.by}: ${veto.reason}. To lift it: slipway veto ${service} ${version} --lift --reason "…"`,
        ]
      : []),
    ...(owed === undefined ? [] : [owed]),
    ...(ahead === 0 ? [] : [`${ahead === 1 ? 'one release is' : `${ahead} releases are`} before it`]),
  ];
}

/** What keeps it out of an environment now: what holds the line, what was not shown, which hour it is. */
export function inTheWayOf(
  { environment, readiness = {} }: StageOrder,
  { service, standing, holds, now }: Way,
  closed: string | undefined,
): readonly string[] {
  const held = holds.filter((hold) => stops(hold, service, environment));
  const { items } = standingOf(readiness, standing?.evidence ?? [], { service, now });
  return [
    ...held.map(({ scope, by, reason }) => `the line is held (${scope}) by ${by}: ${reason}`),
    ...items
      .filter(({ item, state }) => state !== 'holds' && commandFor(item, service) !== undefined)
      .map(({ reason, command }) => `${reason}: ${command ?? ''}`),
    ...(closed === undefined ? [] : [closed]),
  ];
}
