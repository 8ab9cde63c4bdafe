import type { FlagDefinition } from '../../flag.js';

/** Flag definitions as flagd and every in-process OpenFeature provider of it read them. */
export interface FlagdFlags {
  readonly $schema: string;
  readonly flags: Readonly<Record<string, FlagdFlag>>;
}

interface FlagdFlag {
  readonly state: FlagDefinition['state'];
  readonly variants: FlagDefinition['variants'];
  readonly defaultVariant: string;
  readonly targeting?: unknown;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The flags of one environment in flagd's own form. */
export const toFlagd = (definitions: readonly FlagDefinition[]): FlagdFlags => ({
  $schema: 'https://flagd.dev/schema/v0/flags.json',
  flags: Object.fromEntries(definitions.map((definition) => [definition.name, flagdFlag(definition)])),
});

function flagdFlag(definition: FlagDefinition): FlagdFlag {
  const { state, variants, defaultVariant, owner, service, expires } = definition;
  const targeting = targetingOf(definition);
  return {
    state,
    variants,
    defaultVariant,
    ...(targeting !== undefined && { targeting }),
    metadata: { owner, ...(service !== undefined && { service }), ...(expires !== undefined && { expires }) },
  };
}

/** The rules first; whom they give nothing, the rollout sorts by targeting key; everybody else gets the default. */
function targetingOf({ targeting, rollout }: FlagDefinition): unknown {
  const split = rollout && { fractional: weights(rollout) };
  if (targeting === undefined) return split;
  return split ? { or: [targeting, split] } : targeting;
}

/** Weights are whole numbers in flagd; shares may have two decimals. */
function weights(rollout: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  const fine = Object.values(rollout).some((percent) => !Number.isInteger(percent));
  return Object.entries(rollout).map(([variant, percent]) => [variant, fine ? Math.round(percent * 100) : percent]);
}

/**
 * The variants that JsonLogic names where its answer stands: the branches of an `if`, the buckets of a `fractional`.
 * What it computes in other ways is not looked into.
 */
export function variantsNamed(logic: unknown): readonly string[] {
  if (typeof logic === 'string') return [logic];
  if (typeof logic !== 'object' || logic === null) return [];
  const [entry] = Object.entries(logic);
  if (!entry || Array.isArray(logic) || !Array.isArray(entry[1])) return [];
  const [operator, operands] = entry as [string, readonly unknown[]];
  if (operator === 'if' || operator === '?:')
    return operands.filter((_, i) => i % 2 === 1 || i === operands.length - 1).flatMap(variantsNamed);
  if (operator !== 'fractional') return [];
  return operands.flatMap((bucket) => (Array.isArray(bucket) && typeof bucket[0] === 'string' ? [bucket[0]] : []));
}
