import { offFor, sameSetting, settingFor, settingOf, unknownFlag } from '../src/domain/decisions/flags/set-flag.js';
import { Refused } from '../src/domain/failure.js';
import type { FlagPlan } from '../src/domain/flag-change.js';
import type { BoundFlag } from '../src/domain/rollout.js';
import type { Flags } from '../src/ports/flags.js';
import type { EnvironmentActivities } from './contract.js';
import { hashOf } from './plan-hash.js';

type Ask = Parameters<EnvironmentActivities['planFlag']>[0];

/** What a change would do to the flag as it stands, and what would take it back. */
export async function planFlag({ flags }: { readonly flags: Flags }, ask: Ask): Promise<FlagPlan> {
  const { environment, flag, to } = ask;
  const there = await flags.read(environment);
  const definition = there.flags.find(({ name }) => name === flag);
  if (!definition) throw new Refused('not-found', unknownFlag(ask, there));
  const meant = settingFor(definition, to);
  if (!meant.ok) throw new Refused('invalid', `${flag} in ${environment}: met ${meant.met}; wanted ${meant.wanted}`);
  const from = settingOf(definition);
  const changes = !sameSetting(from, meant.setting);
  const plan = { environment, flag, from, to: meant.setting, changes, digest: hashOf(definition) };
  return { ...plan, hash: hashOf(plan) };
}

/** What being off is for each flag that a release is bound to. */
export async function boundFlags(
  { flags }: { readonly flags: Flags },
  { environment, names }: { readonly environment: string; readonly names: readonly string[] },
): Promise<readonly BoundFlag[]> {
  if (names.length === 0) return [];
  const there = await flags.read(environment);
  return names.map((flag) => {
    const definition = there.flags.find(({ name }) => name === flag);
    if (!definition) throw new Refused('not-found', unknownFlag({ environment, flag }, there));
    const meant = settingFor(definition, offFor(definition));
    if (!meant.ok) throw new Refused('invalid', `${flag} in ${environment}: met ${meant.met}; wanted ${meant.wanted}`);
    return { flag, off: meant.setting };
  });
}
