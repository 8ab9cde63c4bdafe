import type { Config } from '../config/config.js';
import { type Flags, readSettings, type Settings } from '../settings.js';
import { exitCodes } from './exit-codes.js';

/** The settings of this command, or its end with everything that is wrong with them. */
export function settingsOrEnd(flags: Flags = {}): Settings {
  const read = readSettings(process.env, flags);
  if (read.ok) return read.settings;
  return end(read.problems.map(({ message }) => message).join('\n'));
}

/** The configuration, or the end of this command with everything that is wrong with it. Most commands never need it. */
export async function configOrEnd(file: string): Promise<Config> {
  const { loadConfig } = await import('../config/load.js');
  const loaded = await loadConfig(file);
  if (loaded.ok) return loaded.config;
  const { formatProblems } = await import('../config/problems.js');
  return end(formatProblems(loaded.problems));
}

function end(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(exitCodes.usage);
}
