import { after, type Instant, type Milliseconds, spoken } from '../duration.js';
import type { FailureCode } from '../failure.js';
import type { AppliedMigration, DataChange, Migration, Reversal } from '../migration.js';

/** What a plan has to know of data: what the version declares, and what its database tells. */
export interface DataFacts {
  /** What goes into the environment. */
  readonly of: DataChange['of'];
  readonly declared?: Migration;
  /** Applied and not reverted, in the order applied. */
  readonly applied: readonly AppliedMigration[];
  /** Whether a version was made later than the one that goes in. */
  readonly isLater: (version: string) => boolean;
  readonly now: Instant;
  /** How long the expand half is watched before it may be contracted: nothing where nobody watches. */
  readonly aftercare: Milliseconds;
}

/**
 * What a rollout does to data.
 * - `nothing`: it declares none, or what it declares is applied already, by this version or by one before it.
 * - `migrate`: its own migration; `revert`: a version from before scripted migrations comes back, the last one first.
 * - `refused`: there is no way to this version, or not yet.
 */
export type DataPlan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'migrate'; readonly change: DataChange }
  | { readonly kind: 'revert'; readonly reversals: readonly Reversal[] }
  | { readonly kind: 'refused'; readonly code: FailureCode; readonly reason: string };

export const noData: DataPlan = { kind: 'nothing' };

export function planData(facts: DataFacts): DataPlan {
  const { of, declared, applied, isLater } = facts;
  const later = applied.filter((one) => isLater(one.of.version)).toReversed();
  const final = later.find(({ migration }) => migration.class === 'irreversible');
  if (final) return { kind: 'refused', code: 'no-way-back', reason: noWayTo(of.version, final) };
  const reversals = later.flatMap((one) => (isReversal(one) ? [reversalOf(one)] : []));
  if (reversals.length > 0) return { kind: 'revert', reversals };
  if (!declared || applied.some(({ migration }) => migration.migrate.hash === declared.migrate.hash)) return noData;
  const early = whyTooEarly(declared, facts);
  if (early !== undefined) return { kind: 'refused', code: 'too-early', reason: early };
  return { kind: 'migrate', change: { migration: declared, of } };
}

const noWayTo = (version: string, { migration, of, at }: AppliedMigration): string =>
  `${version} cannot come back: ${migration.migrate.path} of ${of.version}, applied at ${at}, is irreversible. Release a fix forward`;

const isReversal = (one: AppliedMigration): one is AppliedMigration & Reversal => one.migration.class === 'scripted';
const reversalOf = ({ migration, of }: Reversal): Reversal => ({ migration, of });

/** Why the contract half has to wait: its expand half is not here, or is still watched. */
function whyTooEarly({ phase }: Migration, { of, applied, now, aftercare }: DataFacts): string | undefined {
  if (phase?.kind !== 'contract') return undefined;
  const expanded = applied.find(
    ({ migration, of: by }) => migration.phase?.kind === 'expand' && by.version === phase.expands,
  );
  if (!expanded)
    return `${of.version} contracts what ${phase.expands} expands, and the expand half of ${phase.expands} is not applied here: release it first`;
  const over = after(expanded.at, aftercare);
  if (Date.parse(now) >= Date.parse(over)) return undefined;
  return `${of.version} contracts what ${phase.expands} expands, and ${phase.expands} is watched until ${over} (${spoken(aftercare)} of aftercare): ask again then`;
}
