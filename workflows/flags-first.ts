import { type Milliseconds, seconds } from '../src/domain/duration.js';
import { settingText } from '../src/domain/flag.js';
import type { BoundFlag } from '../src/domain/rollout.js';
import { backIn } from './activities.js';
import { fenceOf } from './fence.js';

/** Where a flag is turned off, and how long that is tried. */
interface Turning {
  readonly environment: string;
  readonly patience: Milliseconds;
  readonly generation: number;
  /** The step that asks for it, part of the effect's key. */
  readonly step: string;
}

/** Clients hear of a flag when they next ask for it: what they answer before that says nothing about it. */
export const settling = (every: Milliseconds): Milliseconds => Math.min(3 * every, seconds(30));

/** Turns a flag off, whatever it is now, on the way back's own queue. Answers whether that changed anything. */
export async function turnOff({ flag, off }: BoundFlag, turning: Turning): Promise<boolean> {
  const { environment, patience, generation, step } = turning;
  const ask = backIn(environment, patience, `set flag ${flag} to ${settingText(off)}, before the version goes back`);
  const to = { kind: 'setting', setting: off } as const;
  const { changed } = await ask.setFlag({ ...fenceOf(generation, `${step}-${flag}`), environment, flag, to });
  return changed;
}
