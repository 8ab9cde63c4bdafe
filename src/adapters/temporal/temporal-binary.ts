import { access, chmod, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { gte } from 'semver';

/** The version that is fetched: the one every fact about the engine was tried with. */
export const pinnedVersion = '1.9.1';
/** Older servers lack what releases rely on (benign retries with their own delay, update-with-start, flags of the dev server). */
export const oldestVersion = '1.9.0';

/** A Temporal CLI that was asked for its version and answered. */
export interface Binary {
  readonly path: string;
  readonly version: string;
}

/** Asks a file whether it is a Temporal CLI that is new enough; a fault says why not. */
export async function askVersion(path: string): Promise<Binary> {
  await access(path, constants.X_OK).catch((fault: unknown) => {
    throw new Error(`${path} is not there or may not be run`, { cause: fault });
  });
  const answer = await execa(path, ['--version'], { reject: false, stdin: 'ignore', timeout: 15_000 });
  const version = /temporal version (\d+\.\d+\.\d+)/.exec(answer.stdout)?.[1];
  if (answer.failed) throw new Error(`${path} --version does not answer: ${answer.shortMessage}`);
  if (!version) throw new Error(`${path} --version says "${firstLine(answer.stdout)}", not "temporal version …"`);
  if (!gte(version, oldestVersion)) throw new Error(`${path} is ${version}, and ${oldestVersion} or newer is needed`);
  return { path, version };
}

/** The first program of this name on `PATH`, if it is a usable Temporal CLI. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<Binary> {
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (await isRunnable(path)) return askVersion(path);
    }
  }
  throw new Error(`no ${name} there`);
}

/**
 * Puts a binary at `path` in one movement, after it has answered: whoever reads the cache meanwhile, another process
 * fetching the same among them, sees the whole file or none. `fetchInto` fills a folder and returns the binary in it.
 */
export async function installIn(path: string, fetchInto: (folder: string) => Promise<string>): Promise<Binary> {
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(dirname(path), '.fetching-'));
  try {
    const fetched = await fetchInto(folder);
    await chmod(fetched, 0o755);
    const { version } = await askVersion(fetched);
    await rename(fetched, path);
    return { path, version };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isRunnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there or not ours to run: the next folder may have it.
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 80) ?? '';
