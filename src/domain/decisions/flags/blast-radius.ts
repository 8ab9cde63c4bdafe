import { type FlagDefinition, type FlagSetting, settingText } from '../../flag.js';
import { normal, offFor, sameSetting, settingFor, settingOf } from './set-flag.js';

/** What is wrong with a change that moves too many users at once; nothing where it does not, or only turns the flag off. */
export function tooManyMoved(
  definition: FlagDefinition,
  to: FlagSetting,
  atMost: number,
): { readonly met: string; readonly wanted: string } | undefined {
  const from = settingOf(definition);
  const off = settingFor(definition, offFor({ ...definition, state: 'ENABLED' }));
  const variants = Object.keys(definition.variants);
  const turnsOff = to.state === 'DISABLED' || (off.ok && sameSetting(normal(to, variants), off.setting));
  const points = moved(from, to);
  if (turnsOff || points <= atMost) return undefined;
  return {
    met: `${settingText(to)} instead of ${settingText(from)}, which moves ${points} % of the users at once`,
    wanted: `at most ${atMost} % moved by one change (blast-radius), or the flag turned off`,
  };
}

/** Per cent of the targeting keys that are answered otherwise afterwards; targeting rules aside. */
function moved(from: FlagSetting, to: FlagSetting): number {
  const [before, after] = [sharesOf(from), sharesOf(to)];
  const gained = Object.entries(after).map(([variant, percent]) => Math.max(0, percent - (before[variant] ?? 0)));
  return Math.round(100 * gained.reduce((sum, percent) => sum + percent, 0)) / 100;
}

const sharesOf = ({ state, defaultVariant, rollout }: FlagSetting): Readonly<Record<string, number>> =>
  state === 'DISABLED' ? { ' answered to nobody': 100 } : (rollout ?? { [defaultVariant]: 100 });
