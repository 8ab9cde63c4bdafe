import { sameSetting, settingFor, settingOf, unknownFlag } from '../../domain/decisions/flags/set-flag.js';
import { Refused } from '../../domain/failure.js';
import { type FlagDefinition, type FlagSet, type FlagSetting, settingText } from '../../domain/flag.js';
import type { Flags } from '../../ports/flags.js';

/** A setting of a flag, written down before it is done. */
export interface Deed extends FlagSet {
  readonly key: string;
  readonly generation: number;
  readonly environment: string;
  readonly flag: string;
  readonly done: boolean;
}

type Ask = Parameters<Flags['set']>[0];

/** Older deeds are forgotten: nobody repeats what was done that long ago. */
const remembered = 500;

/** What has to be done for an order: nothing where it was done before. Throws `Refused` where it must not be done. */
export function deedFor(
  ask: Ask,
  deeds: readonly Deed[],
  there: { readonly flags: readonly FlagDefinition[]; readonly path: string },
): Deed {
  const { environment, flag, to, fence, expected } = ask;
  const begun = deeds.find(({ key }) => key === fence.key);
  if (begun?.done) return begun;
  const definition = there.flags.find(({ name }) => name === flag);
  if (!definition) throw new Refused('not-found', unknownFlag(ask, there));
  if (begun) return begun;
  const newer = deeds.find((deed) => runOf(deed.key) === runOf(fence.key) && deed.generation > fence.generation);
  if (newer)
    throw new Refused('superseded', `${fence.key} is of generation ${fence.generation}; ${newer.key} came after it`);
  const meant = settingFor(definition, to);
  if (!meant.ok) throw new Refused('invalid', `${flag} in ${environment}: met ${meant.met}; wanted ${meant.wanted}`);
  const before = settingOf(definition);
  const after = meant.setting;
  if (expected && !sameSetting(before, expected) && !sameSetting(before, after)) throw moved(ask, before, expected);
  return {
    ...fence,
    environment,
    flag,
    before,
    after,
    changed: !sameSetting(before, after),
    path: there.path,
    done: false,
  };
}

/** The deeds with this one in its newest form. */
export const withDeed = (deeds: readonly Deed[], deed: Deed): readonly Deed[] =>
  [...deeds.filter(({ key }) => key !== deed.key), deed].slice(-remembered);

/** How the latest deed has left each flag of an environment. */
export const leftBy = (deeds: readonly Deed[], environment: string): Readonly<Record<string, FlagSetting>> =>
  Object.fromEntries(
    deeds.filter((deed) => deed.done && deed.environment === environment).map(({ flag, after }) => [flag, after]),
  );

export const outcomeOf = ({ before, after, changed, path }: Deed): FlagSet => ({ before, after, changed, path });

const runOf = (key: string): string => key.slice(0, key.indexOf('/'));

const moved = ({ environment, flag }: Ask, met: FlagSetting, wanted: FlagSetting): Refused =>
  new Refused(
    'moved-by-others',
    `${flag} in ${environment} is ${settingText(met)}; this change was made for ${settingText(wanted)}`,
  );
