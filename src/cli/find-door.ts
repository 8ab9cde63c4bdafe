import { readFile } from 'node:fs/promises';
import { operatorTokenFile } from '../adapters/identity/tokens.js';
import type { Flags, Settings } from '../settings.js';
import { readRunFile } from '../start/run-file.js';
import { type Door, openDoor, Refusal } from './door.js';
import { settingsOrEnd } from './reading.js';

/** What every verb takes to find the front door. */
export interface DoorFlags {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** The front door that the flags name, else the environment, else the one that runs beside `slipway.yml`. */
export async function findDoor({ url, tokenFile, config }: DoorFlags): Promise<Door> {
  const flags: Flags = {
    ...(url !== undefined && { url }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(config !== undefined && { configFile: config }),
  };
  const settings = settingsOrEnd(flags);
  return openDoor({ url: await urlOf(settings), token: await tokenOf(settings) });
}

async function urlOf({ url, dataDir, doorHost, doorPort }: Settings): Promise<string> {
  return url ?? (await readRunFile(dataDir))?.url ?? `http://${doorHost}:${doorPort}`;
}

async function tokenOf({ token, tokenFile, dataDir }: Settings): Promise<string> {
  if (token !== undefined) return token;
  const file = tokenFile ?? operatorTokenFile(dataDir);
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const hint = 'set SLIPWAY_TOKEN or --token-file; `slipway token PERSON` issues one where Slipway runs';
    throw new Refusal(401, `there is no token in ${file}; ${hint}`);
  }
}
