import { rolloutProblem } from '../domain/decisions/flags/set-flag.js';
import { variantsNamed } from '../domain/decisions/flags/flagd.js';
import { isPlain } from './features-schema.js';
import type { WrittenFeatures, WrittenFlag, WrittenSetting } from './features-schema.js';
import type { Path, SenseFinding } from './problems.js';
import { shown } from './problems.js';

/** What the file may speak of. */
export interface Known {
  readonly services: readonly string[];
  readonly environments: readonly string[];
  /** Why flagd cannot read the targeting of a flag; nothing where it can. */
  readonly targetingFault: (targeting: unknown) => string | undefined;
}

/** What each setting of a features file allows by itself and all of them together do not. */
export function senseOfFeatures({ flags, retired }: WrittenFeatures, known: Known): readonly SenseFinding[] {
  return Object.entries(flags ?? {}).flatMap(([name, flag]) => [
    ...reused(name, retired ?? []),
    ...unknown(['flags', name, 'service'], flag.service, known.services),
    ...kind(name, flag),
    ...sameType(name, flag),
    ...targeting(name, flag, known),
    ...settingSense(['flags', name], flag, flag),
    ...Object.entries(flag.environments ?? {}).flatMap(([environment, setting]) => {
      const path = ['flags', name, 'environments', environment];
      return [
        ...(known.environments.includes(environment) ? [] : [unknownKey(path, environment, known.environments)]),
        ...toggled(path, flag, setting),
        ...settingSense(path, flag, setting),
      ];
    }),
  ]);
}

const variantsOf = (flag: WrittenFlag): readonly string[] => Object.keys(flag.variants ?? { on: true, off: false });

function reused(name: string, retired: readonly string[]): readonly SenseFinding[] {
  if (!retired.includes(name)) return [];
  const met = `the retired name ${shown(name)}`;
  const wanted = 'a name that no code can still ask for: one that is not among the retired';
  return [{ path: ['flags', name], at: 'key', met, wanted, reads: [['retired']] }];
}

function unknown(path: Path, met: string | undefined, known: readonly string[]): readonly SenseFinding[] {
  return met === undefined || known.includes(met) ? [] : [{ path, at: 'value', wanted: known, reads: [] }];
}

const unknownKey = (path: Path, environment: string, known: readonly string[]): SenseFinding => ({
  path,
  at: 'key',
  met: `the unknown environment ${environment}`,
  wanted: known,
  reads: [],
});

/** A plain toggle says `on`; a flag with variants says which of them is the default. */
function kind(name: string, flag: WrittenFlag): readonly SenseFinding[] {
  const path: Path = ['flags', name];
  const reads = ['on', 'variants', 'default-variant'].map((key) => [...path, key]);
  const missing = (wanted: string): SenseFinding => ({ path, at: 'key', met: shown(name), wanted, reads });
  if (isPlain(flag) && flag.on === undefined && flag['default-variant'] === undefined)
    return [missing('on: true or false, or variants with a default-variant')];
  if (!isPlain(flag) && variantsOf(flag).length === 0)
    return [{ path: [...path, 'variants'], at: 'value', wanted: 'at least one variant', reads: [] }];
  if (!isPlain(flag) && flag.on === undefined && flag['default-variant'] === undefined)
    return [missing('a default-variant beside its variants')];
  return toggled(path, flag, flag);
}

/** Each kind of flag has its own word for the default. */
function toggled(path: Path, flag: WrittenFlag, setting: WrittenSetting): readonly SenseFinding[] {
  const reads = [[...path.slice(0, 2), 'variants']];
  const refuse = (key: string, wanted: string): SenseFinding => ({ path: [...path, key], at: 'key', wanted, reads });
  if (!isPlain(flag) && setting.on !== undefined)
    return [
      refuse('on', `default-variant: one of ${variantsOf(flag).join(', ')}; on belongs to a flag without variants`),
    ];
  if (isPlain(flag) && setting['default-variant'] !== undefined)
    return [refuse('default-variant', 'on: true or false; default-variant belongs to a flag with variants')];
  if (isPlain(flag) && setting.on === undefined && setting !== flag)
    return [{ path, at: 'key', met: 'neither', wanted: 'on: true or false', reads: [[...path, 'on']] }];
  return [];
}

function sameType(name: string, { variants }: WrittenFlag): readonly SenseFinding[] {
  const [first, ...others] = Object.entries(variants ?? {});
  if (!first) return [];
  return others
    .filter(([, value]) => typeof value !== typeof first[1])
    .map(([variant]) => ({
      path: ['flags', name, 'variants', variant],
      at: 'value',
      wanted: `a value like that of ${first[0]}: all variants of a flag are of one type`,
      reads: [['flags', name, 'variants', first[0]]],
    }));
}

function targeting(name: string, flag: WrittenFlag, { targetingFault }: Known): readonly SenseFinding[] {
  if (flag.targeting === undefined) return [];
  const path: Path = ['flags', name, 'targeting'];
  const reads = [['flags', name, 'variants']];
  const fault = targetingFault(flag.targeting);
  if (fault !== undefined) return [{ path, at: 'value', wanted: `JsonLogic that flagd can read: ${fault}`, reads }];
  const variants = variantsOf(flag);
  return [...new Set(variantsNamed(flag.targeting))]
    .filter((variant) => !variants.includes(variant))
    .map((variant) => ({ path, at: 'value', met: `the variant ${shown(variant)}`, wanted: variants, reads }));
}

/** No default and no share of a variant that is not there, and shares that are a whole. */
function settingSense(path: Path, flag: WrittenFlag, setting: WrittenSetting): readonly SenseFinding[] {
  const variants = variantsOf(flag);
  const reads = [[...path.slice(0, 2), 'variants']];
  const { rollout } = setting;
  const given = isPlain(flag) ? undefined : setting['default-variant'];
  const dangling = given === undefined || variants.includes(given);
  const problem = rollout && rolloutProblem(rollout, variants);
  return [
    ...(dangling ? [] : [{ path: [...path, 'default-variant'], at: 'value', wanted: variants, reads } as const]),
    ...(problem
      ? [{ path: [...path, 'rollout'], at: 'value', ...problem, reads: [...reads, [...path, 'rollout']] } as const]
      : []),
  ];
}
