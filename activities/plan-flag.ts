import { tooManyMoved } from '../src/domain/decisions/flags/blast-radius.js';
import { offFor, sameSetting, settingFor, settingOf, unknownFlag } from '../src/domain/decisions/flags/set-flag.js';
import { Refused } from '../src/domain/failure.js';
import type { FlagDefinition, FlagSetting, FlagTo } from '../src/domain/flag.js';
import type { FlagPlan } from '../src/domain/flag-change.js';
import type { BoundFlag } from '../src/domain/rollout.js';
import type { Flags, FlagsRead } from '../src/ports/flags.js';
import type { EnvironmentActivities } from './contract.js';
import { hashOf } from './plan-hash.js';

type Ask = Parameters<EnvironmentActivities['planFlag']>[0];

/** What a change would do to the flag as it stands, and what would take it back. */
export async function planFlag({ flags }: { readonly flags: Flags }, ask: Ask): Promise<FlagPlan> {
  const { environment, flag, to, blastRadius = 100 } = ask;
  const there = await flags.read(environment);
  const definition = knownFlag(ask, there);
  const [from, wanted] = [settingOf(definition), wantedOf(definition, environment, to)];
  const problem = tooManyMoved(definition, wanted, blastRadius);
  if (problem) throw new Refused('invalid', `${flag} in ${environment}: met ${problem.met}; wanted ${problem.wanted}`);
  const changes = !sameSetting(from, wanted);
  const plan = { environment, flag, from, to: wanted, changes, digest: hashOf(definition) };
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
    const definition = knownFlag({ environment, flag }, there);
    return { flag, off: wantedOf(definition, environment, offFor(definition)) };
  });
}

function knownFlag(ask: { readonly environment: string; readonly flag: string }, there: FlagsRead): FlagDefinition {
  const found = there.flags.find(({ name }) => name === ask.flag);
  if (!found) throw new Refused('not-found', unknownFlag(ask, there));
  return found;
}

function wantedOf(definition: FlagDefinition, environment: string, to: FlagTo): FlagSetting {
  const meant = settingFor(definition, to);
  if (meant.ok) return meant.setting;
  throw new Refused('invalid', `${definition.name} in ${environment}: met ${meant.met}; wanted ${meant.wanted}`);
}
