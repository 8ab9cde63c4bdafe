import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gitOutput, type Git } from './git.js';
import { inTurn } from './lock.js';

/** A branch or tag, and the commit it leads to. */
export interface Reference {
  /** `refs/tags/v1.0.0` */
  readonly name: string;
  readonly kind: 'tag' | 'branch';
  /** `v1.0.0` */
  readonly short: string;
  readonly commit: string;
}

/** A bare copy of a service's repository, so that nothing is ever written into the repository itself. */
export interface Mirror {
  /** Brings branches and tags up to date; throws when the repository cannot be read. */
  fetch(signal?: AbortSignal): Promise<void>;
  references(): Promise<readonly Reference[]>;
  /** The full commit of a full or shortened one; `undefined` when there is none, or more than one. */
  commit(prefix: string): Promise<string | undefined>;
  /** When it was committed, in seconds since 1970. */
  committedAt(commit: string): Promise<number>;
  /** The text of a file of a commit; `undefined` where there is none. */
  text(commit: string, path: string): Promise<string | undefined>;
  /** Makes `into` a repository of its own with exactly this commit checked out. */
  checkOut(commit: string, into: string, signal?: AbortSignal): Promise<void>;
}

/** The mirror of `repository` below `directory`, found again by the repository's address. */
export function createMirror(parts: {
  readonly directory: string;
  readonly repository: string;
  readonly git: Git;
}): Mirror {
  const { repository, git } = parts;
  const name = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  const path = join(parts.directory, `${name}.git`);
  const inMirror = (...args: string[]): string[] => ['--git-dir', path, ...args];

  return {
    fetch: (signal) =>
      inTurn(
        path,
        async (held) => {
          await gitOutput(git, ['init', '--quiet', '--bare', '--template=', path]);
          const args = inMirror('fetch', ...fetchOptions, '--', repository, ...everything);
          const run = await git(args, { asUser: true, signal: held });
          if (run.code === 0) return;
          const said = run.stderr.replaceAll(repository, withoutCredentials(repository));
          throw new Error(`repository ${withoutCredentials(repository)} cannot be read: ${said}`);
        },
        signal,
      ),
    references: async () => {
      const listed = await gitOutput(git, inMirror('for-each-ref', `--format=${columns}`, 'refs/heads', 'refs/tags'));
      return listed.split('\n').flatMap(parseReference);
    },
    commit: async (prefix) => {
      const run = await git(inMirror('rev-parse', '--verify', '--quiet', '--end-of-options', `${prefix}^{commit}`));
      return run.code === 0 ? run.stdout.split('\n').find((line) => /^[0-9a-f]{40}$/.test(line)) : undefined;
    },
    committedAt: async (commit) => Number(await gitOutput(git, inMirror('show', '-s', '--format=%ct', commit))),
    text: async (commit, path) => {
      const run = await git(inMirror('cat-file', 'blob', `${commit}:${path}`));
      return run.code === 0 ? run.stdout : undefined;
    },
    checkOut: async (commit, into, signal) => {
      const how = signal ? { signal } : {};
      await gitOutput(git, ['clone', '--quiet', '--shared', '--no-checkout', '--template=', '--', path, into], how);
      await gitOutput(git, ['-C', into, 'checkout', '--quiet', '--detach', commit], how);
    },
  };
}

/** A repository's address as it may be written down: without user and password. */
export const withoutCredentials = (repository: string): string =>
  repository.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, '$1');

const fetchOptions = ['--quiet', '--force', '--prune', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
const everything = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];

/** The second pair is what an annotated tag points at, and empty for everything else. */
const columns = '%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)';

function parseReference(line: string): readonly Reference[] {
  const [name = '', type, object, peeledType, peeled] = line.split(' ');
  const commit = type === 'commit' ? object : peeledType === 'commit' ? peeled : undefined;
  if (!commit) return [];
  const kind = name.startsWith('refs/tags/') ? 'tag' : 'branch';
  return [{ name, kind, commit, short: name.split('/').slice(2).join('/') }];
}
