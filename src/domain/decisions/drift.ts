import type { CommandSaid, FlagSeen, PlaceSeen } from '../drift.js';
import type { Instant } from '../duration.js';
import type { Finding } from '../finding.js';
import { type FlagSetting, settingText } from '../flag.js';
import { sameSetting } from './flags/set-flag.js';

/** What was looked at in one environment. */
export interface Seen {
  readonly environment: string;
  readonly places: readonly PlaceSeen[];
  readonly flags: readonly FlagSeen[];
  /** Missing where no command is configured. */
  readonly command?: CommandSaid;
  /** What could not be looked at, and why. */
  readonly unseen: readonly { readonly what: string; readonly why: string }[];
}

/**
 * What somebody has changed by hand: whatever is not as the last release, or the last change of a flag, has left it. Each
 * with the command that restores it; what shall stay as it is goes the same way, as a release or a change of its own.
 */
export function driftOf({ environment, places, flags, command, unseen }: Seen, now: Instant): readonly Finding[] {
  const found = [
    ...places.flatMap((place) => [
      ...versionDrift(place, environment),
      ...strangers(place, environment),
      ...left(place, environment),
    ]),
    ...flags.flatMap((flag) => flagDrift(flag, environment)),
    ...(command ? commandDrift(command, environment) : []),
    ...unseen.map(({ what, why }): Found => ({
      ...{ kind: 'unseen', service: '', about: what },
      text: `whether ${what} in ${environment} is as recorded cannot be told: ${why}`,
      command: 'slipway doctor',
    })),
  ];
  return found.map((finding) => ({ ...finding, environment, since: now }));
}

type Found = Omit<Finding, 'environment' | 'since'>;

function versionDrift({ service, recorded, runs }: PlaceSeen, environment: string): readonly Found[] {
  if (recorded?.digest === runs?.digest) return [];
  const where = `${service} in ${environment}`;
  const adopt = runs ? `; to keep it: slipway release ${service} ${runs.version}` : '';
  const text = `${where} runs ${runs?.tag ?? 'nothing'}, and ${recorded?.tag ?? 'nothing'} is recorded: somebody changed it by hand${adopt}`;
  const command = recorded ? `slipway release ${service} ${recorded.version}` : `slipway status ${service}`;
  return [{ kind: 'moved', service, text, command }];
}

function strangers({ service, runs, strangers: other, instances }: PlaceSeen, environment: string): readonly Found[] {
  if (!runs || other.length === 0) return [];
  const which = other.map(({ id, version }) => `${id} (${version})`).join(', ');
  const text = `${other.length} of ${instances} instances of ${service} in ${environment} run something else than ${runs.tag}: ${which}`;
  return [{ kind: 'moved', service, about: 'instances', text, command: `slipway release ${service} ${runs.version}` }];
}

/** A release of what is recorded starts with a baseline of its own, or with none. */
function left({ service, recorded, baseline }: PlaceSeen, environment: string): readonly Found[] {
  if (!baseline) return [];
  const text = `${baseline.instances} of ${service} ${baseline.version} run in ${environment} as the baseline of a rollout that is no longer under way: nothing compares with it, and nothing ends it`;
  const command = `slipway release ${service} ${(recorded ?? baseline).version}`;
  return [{ kind: 'moved', service, about: 'baseline', text, command }];
}

function flagDrift({ flag, service = '', recorded, is }: FlagSeen, environment: string): readonly Found[] {
  if (is && sameSetting(is, recorded)) return [];
  const keep = is ? `; to keep it, restore it and ask for it: slipway flag set ${flag} ${word(is)} …` : '';
  const text = `the flag ${flag} in ${environment} is ${is ? settingText(is) : 'gone'}, and its latest change has left it ${settingText(recorded)}: somebody edited the file${keep}`;
  const command = `slipway flag set ${flag} ${word(recorded)} --environment ${environment} --reason "…"`;
  return [{ kind: 'flag-moved', service, about: flag, text, command }];
}

/** A setting as `slipway flag set` takes it. */
function word({ state, defaultVariant, rollout }: FlagSetting): string {
  if (state === 'DISABLED') return 'disabled';
  if (!rollout) return defaultVariant;
  return Object.entries(rollout)
    .map(([variant, percent]) => `${variant}=${percent}`)
    .join(',');
}

function commandDrift({ run, kind, said }: CommandSaid, environment: string): readonly Found[] {
  if (kind === 'none') return [];
  const what =
    kind === 'drift'
      ? 'the configuration is not as it is written'
      : 'whether the configuration has drifted cannot be told';
  const text = `${environment}: ${what}: ${run}: ${said}`;
  return [{ kind: kind === 'drift' ? 'configuration' : 'unseen', service: '', about: 'command', text, command: run }];
}
