import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitIn } from '../../src/adapters/governance/git.js';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';

/** Runs a test in a governance repository of its own, which is removed afterwards. */
export async function inRepository(story: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    await initGovernanceRepository(directory);
    await story(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Every file of the working tree with its content, git's own left out. */
export async function contents(directory: string): Promise<Readonly<Record<string, string>>> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !path.startsWith('.git/'))
    .sort();
  const texts = files.map(async (path) => [path, await readFile(join(directory, path), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** Subjects of the commits, oldest first. */
export const subjects = async (directory: string): Promise<readonly string[]> =>
  (await gitIn(directory)(['log', '--reverse', '--format=%s'])).split('\n');

/** What git says of the working tree; empty when everything is committed. */
export const status = (directory: string): Promise<string> => gitIn(directory)(['status', '--porcelain']);
