import type { FlagDefinition, FlagSetting, FlagTo } from '../../flag.js';
import { neverReached } from '../../never.js';

/** What is wanted of a flag as a whole setting, or why it cannot be had of this flag. */
export type Meant =
  | { readonly ok: true; readonly setting: FlagSetting }
  | { readonly ok: false; readonly met: string; readonly wanted: string };

/** The setting that a flag would have. Everything but what is asked for stays as it is. */
export function settingFor(definition: Pick<FlagDefinition, keyof FlagSetting | 'variants'>, to: FlagTo): Meant {
  const variants = Object.keys(definition.variants);
  const known = `one of ${variants.join(', ')}`;
  switch (to.kind) {
    case 'variant':
      if (!variants.includes(to.variant)) return { ok: false, met: `"${to.variant}"`, wanted: known };
      return { ok: true, setting: { state: 'ENABLED', defaultVariant: to.variant } };
    case 'rollout': {
      const problem = rolloutProblem(to.rollout, variants);
      if (problem) return { ok: false, ...problem };
      const { defaultVariant } = definition;
      return { ok: true, setting: normal({ state: 'ENABLED', defaultVariant, rollout: to.rollout }, variants) };
    }
    case 'state':
      return { ok: true, setting: normal({ ...settingOf(definition), state: to.state }, variants) };
    case 'setting':
      if (!variants.includes(to.setting.defaultVariant))
        return { ok: false, met: `"${to.setting.defaultVariant}"`, wanted: known };
      return { ok: true, setting: normal(to.setting, variants) };
    default:
      return neverReached(to);
  }
}

/** What being off is for a flag: its variant of that name for everybody; one without it, or disabled already, is disabled. */
export const offFor = ({ variants, state }: Pick<FlagDefinition, 'variants' | 'state'>): FlagTo =>
  state === 'ENABLED' && Object.hasOwn(variants, 'off')
    ? { kind: 'variant', variant: 'off' }
    : { kind: 'state', state: 'DISABLED' };

/** Only what a change changes. */
export const settingOf = ({ state, defaultVariant, rollout }: FlagSetting): FlagSetting => ({
  state,
  defaultVariant,
  ...(rollout && { rollout }),
});

/**
 * One form for one meaning: shares in the order of the variants, none of them 0, and no rollout where the default has
 * it all. The order decides which targeting keys a growing share adds, so it never changes.
 */
export function normal({ state, defaultVariant, rollout }: FlagSetting, variants: readonly string[]): FlagSetting {
  const shares = variants.flatMap((variant) => {
    const percent = rollout && Object.hasOwn(rollout, variant) ? rollout[variant] : undefined;
    return percent === undefined || percent === 0 ? [] : [[variant, percent] as const];
  });
  const all = shares.length === 1 && shares[0]?.[0] === defaultVariant;
  if (shares.length === 0 || all) return { state, defaultVariant };
  return { state, defaultVariant, rollout: Object.fromEntries(shares) };
}

/** Whether two settings in their normal form mean the same. */
export const sameSetting = (a: FlagSetting, b: FlagSetting): boolean =>
  a.state === b.state &&
  a.defaultVariant === b.defaultVariant &&
  JSON.stringify(Object.entries(a.rollout ?? {})) === JSON.stringify(Object.entries(b.rollout ?? {}));

/** That a flag does not exist, with those that do. */
export function unknownFlag(
  { environment, flag }: { readonly environment: string; readonly flag: string },
  { flags, path }: { readonly flags: readonly FlagDefinition[]; readonly path: string },
): string {
  const known = flags.map(({ name }) => name).join(', ') || 'none';
  return `there is no flag "${flag}" in ${environment}; known in ${path}: ${known}`;
}

/** What is wrong with a rollout of these variants; nothing where it can be had. */
export function rolloutProblem(
  rollout: Readonly<Record<string, number>>,
  variants: readonly string[],
): { readonly met: string; readonly wanted: string } | undefined {
  const unknown = Object.keys(rollout).find((variant) => !variants.includes(variant));
  if (unknown !== undefined) return { met: `"${unknown}"`, wanted: `one of ${variants.join(', ')}` };
  const hundredths = Object.values(rollout).reduce((sum, percent) => sum + Math.round(percent * 100), 0);
  if (hundredths === 10_000) return undefined;
  return { met: `${hundredths / 100} % together`, wanted: '100 % together' };
}
