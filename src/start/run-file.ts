import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isAlive } from '../adapters/temporal/process-identity.js';

const written = z.object({
  /** The supervisor's process, so named that no later one with the same pid is taken for it. */
  process: z.object({ pid: z.int().positive(), startedAt: z.string() }),
  url: z.string(),
  uiUrl: z.string().optional(),
  address: z.string(),
  namespace: z.string(),
  startedAt: z.string(),
});

/** What a running Slipway writes down for the CLI: where it answers, and which process it is. */
export type RunFile = z.infer<typeof written>;

const fileIn = (dataDir: string): string => join(dataDir, 'run.json');

export async function writeRunFile(dataDir: string, run: Omit<RunFile, 'process'>): Promise<void> {
  const me = await identify(process.pid);
  const file = fileIn(dataDir);
  await writeFile(`${file}.new`, `${JSON.stringify({ process: me, ...run }, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** The Slipway that runs on this data now, if one does. */
export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const run = written.safeParse(parsed(text));
  return run.success && (await isAlive(run.data.process)) ? run.data : undefined;
}

export const removeRunFile = (dataDir: string): Promise<void> => rm(fileIn(dataDir), { force: true });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut short by a crash: as good as none
  }
}
