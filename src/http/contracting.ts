import semver from 'semver';
import { after, type Instant, spoken } from '../domain/duration.js';
import type { Migration } from '../domain/migration.js';
import type { StageOrder } from '../domain/release.js';
import type { ServiceStanding } from '../domain/service.js';
import { Problem } from './problems.js';

interface Contracting {
  readonly migration: Migration | undefined;
  readonly standing: ServiceStanding | undefined;
  readonly now: Instant;
}

/**
 * Why the contract half of a migration cannot go into production yet: its expand half is not there, or is still watched.
 * The environment's own database has the last word, when the rollout is planned.
 */
export function whyNotContract({
  stage,
  migration,
  standing,
  now,
}: Contracting & { readonly stage: StageOrder }): string | undefined {
  if (stage.tier !== 'production' || migration?.phase?.kind !== 'contract') return undefined;
  const { expands } = migration.phase;
  const running = standing?.running[stage.environment];
  const there = running?.current.version;
  if (!running || there === undefined || semver.lt(there, expands))
    return `this contracts what ${expands} expands, and ${stage.environment} runs ${there ?? 'nothing'}: release ${expands} first`;
  const aftercare = stage.aftercare?.for ?? 0;
  const over = after(running.since, aftercare);
  if (there !== expands || Date.parse(now) >= Date.parse(over)) return undefined;
  return `this contracts what ${expands} expands, and ${expands} is watched in ${stage.environment} until ${over} (${spoken(aftercare)} of aftercare): ask again then`;
}

/** Refuses what no environment of the release could take: nothing is started that cannot end. */
export function checkContract(ask: Contracting & { readonly stages: readonly StageOrder[] }): void {
  const [why] = ask.stages.flatMap((stage) => whyNotContract({ ...ask, stage }) ?? []);
  if (why !== undefined) throw new Problem('refused', why);
}
