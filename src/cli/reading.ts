import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { formatProblems } from '../config/problems.js';
import { type Flags, readSettings, type Settings } from '../settings.js';
import { exitCodes } from './exit-codes.js';

/** The settings of this command, or its end with everything that is wrong with them. */
export function settingsOrEnd(flags: Flags = {}): Settings {
  const read = readSettings(process.env, flags);
  if (read.ok) return read.settings;
  return end(read.problems.map(({ message }) => message).join('\n'));
}

/** The configuration, or the end of this command with everything that is wrong with it. */
export async function configOrEnd(file: string): Promise<Config> {
  const loaded = await loadConfig(file);
  return loaded.ok ? loaded.config : end(formatProblems(loaded.problems));
}

function end(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(exitCodes.usage);
}
