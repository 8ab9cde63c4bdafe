import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ExecaError } from 'execa';
import { minutes, seconds } from '../../domain/duration.js';
import type { Instant } from '../../domain/duration.js';
import { line } from '../../domain/decisions/records/text.js';
import { isCode, readText, replaceFile } from './durable-file.js';
import { refusalOf } from './disk-faults.js';
import { gitIn } from './git.js';
import type { Git } from './git.js';

/** The git side of the governance repository. */
export interface Repository {
  /** Where git keeps its own files; nothing there is ever committed. */
  readonly gitFolder: string;
  /** The commit that is checked out; `undefined` before the first. */
  head(): Promise<string | undefined>;
  /** Commits these paths as they are on disk and nothing else; what others have staged or changed stays theirs. */
  commit(ask: Commit): Promise<void>;
  /** Makes git's index say of these paths what is on disk: the half of a commit that a crash may have left undone. */
  stage(paths: readonly string[]): Promise<void>;
  /** Those of these files that the checked-out commit does not have as they are on disk. */
  uncommitted(paths: readonly string[]): Promise<readonly string[]>;
  /** Every record hash that a commit of the history names. */
  recorded(): Promise<readonly RecordedHash[]>;
  /** Whether the history is cut off: this is a shallow clone. */
  isShallow(): Promise<boolean>;
  /** Takes away the locks of a git that was killed while it did what was begun at this time, in milliseconds. */
  breakLocks(begunAt: number): Promise<void>;
  /** Lets git pack what has gathered, in the background and when it finds it worth while. */
  tidy(): Promise<void>;
}

interface Commit {
  readonly paths: readonly string[];
  readonly message: string;
  readonly author: string;
  readonly at: Instant;
}

interface RecordedHash {
  readonly commit: string;
  readonly hash: string;
}

/** Opens the git repository whose top is `directory`; throws where there is none. */
export async function openRepository(directory: string): Promise<Repository> {
  const git = gitIn(directory);
  const gitFolder = await ownGitFolder(git, directory);
  return {
    gitFolder,
    head: () => head(git),
    commit: async (ask) => {
      const staged = await hashed(git, directory, ask.paths);
      // Index and commit are independent of each other, and each is tried again by itself.
      await Promise.all([
        patiently(directory, () => index(git, staged)),
        patiently(directory, async () => {
          const begunAt = Date.now();
          const stream = importStream(ask, staged, await head(git));
          await git(['fast-import', '--quiet', '--done'], stream).catch((fault: unknown) =>
            leavingNothing(gitFolder, begunAt, fault),
          );
        }),
      ]);
    },
    stage: async (paths) => {
      const staged = await hashed(git, directory, paths);
      await patiently(directory, () => index(git, staged));
    },
    uncommitted: (paths) => uncommitted(git, directory, paths),
    recorded: () => recorded(git),
    isShallow: async () => (await git(['rev-parse', '--is-shallow-repository'])).trim() === 'true',
    breakLocks: (begunAt) => breakLocks(git, gitFolder, begunAt),
    tidy: async () => {
      await git(['maintenance', 'run', '--auto', '--quiet']);
    },
  };
}

/** Makes `directory` a governance repository: git, a first commit, and Slipway's own folder kept out of it. Repeatable. */
export async function initGovernanceRepository(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const git = gitIn(directory);
  if (!(await isOwnRepository(git, directory))) await git(['init', '--quiet', '--initial-branch=main']);
  const repository = await openRepository(directory);
  const path = join(directory, '.gitignore');
  const ignored = (await readText(path)) ?? '';
  const isIgnored = ignored.split(/\r?\n/).some((text) => /^\/?\.slipway\/?$/.test(text.trim()));
  if (isIgnored && (await repository.head()) !== undefined) return;
  const separator = ignored === '' || ignored.endsWith('\n') ? '' : '\n';
  if (!isIgnored) await replaceFile(path, `${ignored}${separator}.slipway/\n`);
  const message = 'Governance repository begun\n';
  await repository.commit({ paths: ['.gitignore'], message, author: 'Slipway', at: new Date().toISOString() });
}

async function ownGitFolder(git: Git, directory: string): Promise<string> {
  if (await isOwnRepository(git, directory)) return (await git(['rev-parse', '--absolute-git-dir'])).trim();
  throw new Error(`${directory} is not the top of a git repository: run \`slipway init\` there to make it one`);
}

async function isOwnRepository(git: Git, directory: string): Promise<boolean> {
  try {
    const top = (await git(['rev-parse', '--show-toplevel'])).trim();
    return (await realpath(top)) === (await realpath(directory));
  } catch (error) {
    // Git answers 128 where no repository is; anything else, such as a missing git, is a fault of its own.
    if (error instanceof ExecaError && error.exitCode === 128 && String(error.stderr).includes('not a git repository'))
      return false;
    throw error;
  }
}

/** A file as git keeps it. */
interface Staged {
  readonly mode: '100644' | '100755';
  readonly object: string;
  readonly path: string;
}

/** Gives the contents of these files to git. Reads no index, which grows with every record. */
async function hashed(git: Git, directory: string, paths: readonly string[]): Promise<readonly Staged[]> {
  const objects = (await git(['hash-object', '-w', '--stdin-paths'], `${paths.join('\n')}\n`)).trim().split('\n');
  return await Promise.all(
    paths.map(async (path, at) => {
      const { mode } = await stat(join(directory, path));
      return { mode: (mode & 0o100) === 0 ? '100644' : '100755', object: objects[at] ?? '', path };
    }),
  );
}

async function uncommitted(git: Git, directory: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const [staged, commit] = [await hashed(git, directory, paths), await head(git)];
  const tree = commit === undefined ? '' : await git(['ls-tree', '-z', '--full-tree', commit, '--', ...paths]);
  const entries = new Set(tree.split('\0'));
  return staged
    .filter(({ mode, object, path }) => !entries.has(`${mode} blob ${object}\t${path}`))
    .map(({ path }) => path);
}

async function index(git: Git, staged: readonly Staged[]): Promise<void> {
  const entries = staged.map(({ mode, object, path }) => `${mode} ${object} 0\t${path}\0`);
  await git(['update-index', '-z', '--index-info'], entries.join(''));
}

const head = (git: Git): Promise<string | undefined> =>
  answer(git, ['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']);

/** What git answers, trimmed; `undefined` where it says, with exit code 1, that there is no such thing. */
async function answer(git: Git, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await git(args)).trim();
  } catch (error) {
    if (error instanceof ExecaError && error.exitCode === 1) return undefined;
    throw error;
  }
}

/**
 * Commits through `fast-import`, which writes exactly these entries on top of the parent: it reads neither index nor
 * working tree, so a merge under way or a large folder costs nothing, and it refuses when somebody else committed since.
 */
function importStream(ask: Commit, staged: readonly Staged[], parent: string | undefined): string {
  const seconds = (ms: number): string => `${Math.floor(ms / 1_000)} +0000`;
  const name = line(ask.author, 80).replace(/[<>]/g, '') || 'unknown';
  const address = name.replace(/[^A-Za-z0-9.-]+/g, '-');
  const changes = staged.map(({ mode, object, path }) => `M ${mode} ${object} ${path}`);
  return [
    'commit HEAD',
    `author ${name} <${address}@slipway.invalid> ${seconds(Date.parse(ask.at))}`,
    `committer Slipway <slipway@slipway.invalid> ${seconds(Date.now())}`,
    `data ${Buffer.byteLength(ask.message)}`,
    ask.message,
    ...(parent === undefined ? [] : [`from ${parent}`]),
    ...changes,
    'done',
    '',
  ].join('\n');
}

/** Takes away what an import leaves that a full disk ended, lest each try takes more room: its report, and half a pack. */
async function leavingNothing(gitFolder: string, begunAt: number, fault: unknown): Promise<never> {
  const packs = join(gitFolder, 'objects/pack');
  const left = refusalOf(fault)
    ? [...(await named(gitFolder, 'fast_import_crash_')), ...(await named(packs, 'tmp_pack_'))]
    : [];
  for (const path of left)
    if (((await stat(path).catch(absent))?.mtimeMs ?? 0) >= begunAt) await rm(path, { force: true });
  throw fault;
}

const named = async (folder: string, prefix: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));

async function recorded(git: Git): Promise<readonly RecordedHash[]> {
  if ((await head(git)) === undefined) return [];
  const format = '--format=%H %(trailers:key=Record-Hash,valueonly,separator=%x20)';
  const log = await git(['log', format, 'HEAD', '--']);
  return log.split('\n').flatMap((text) => {
    const [commit = '', ...hashes] = text.trim().split(' ');
    return hashes.map((hash) => ({ commit, hash }));
  });
}

/** A commit takes less than a second: a lock made soon after it was begun, and old by now, is its own and nobody's. */
async function breakLocks(git: Git, gitFolder: string, begunAt: number): Promise<void> {
  const branch = await answer(git, ['symbolic-ref', '--quiet', 'HEAD']);
  for (const name of ['index', 'HEAD', ...(branch === undefined ? [] : [branch])]) {
    const path = join(gitFolder, `${name}.lock`);
    const made = (await stat(path).catch(absent))?.mtimeMs;
    if (made === undefined) continue;
    const isOwn = made >= begunAt && made <= begunAt + minutes(1);
    if (isOwn && Date.now() - made > seconds(30)) await rm(path, { force: true });
  }
}

function absent(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error;
  return undefined;
}

/** Tries again while another git process holds a lock or has just committed: people work in this repository too. */
async function patiently(directory: string, work: () => Promise<void>): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      await work();
      return;
    } catch (error) {
      const passes =
        error instanceof ExecaError && /index\.lock|cannot lock ref|Not updating/.test(String(error.stderr));
      if (!passes || refusalOf(error)) throw error;
      if (left === 0)
        throw new Error(`${directory}: git is held by another process; if none runs, remove the lock it names`, {
          cause: error,
        });
    }
    await delay(100);
  }
}
