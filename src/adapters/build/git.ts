import { execa } from 'execa';
import { minutes } from '../../domain/duration.js';

/** The variables of a process, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

interface GitRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git and returns how it ended; only a git that cannot be started, is late or is aborted throws. */
export type Git = (
  args: readonly string[],
  how?: {
    /** Reads the user's configuration: credentials, proxies and addresses of a remote repository live there. */
    readonly asUser?: boolean;
    readonly signal?: AbortSignal;
  },
) => Promise<GitRun>;

/** Git without hooks, prompts, or anything inherited from the repository this process happens to run in. */
export const createGit =
  (variables: Variables): Git =>
  async (args, how = {}) => {
    const run = await execa('git', [...quiet, ...args], {
      env: gitVariables(variables, how.asUser ?? false),
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: minutes(15),
      forceKillAfterDelay: 1_000,
      ...(how.signal && { cancelSignal: how.signal }),
    });
    how.signal?.throwIfAborted();
    if (run.exitCode === undefined) throw new Error(`git ${args[0] ?? ''}: ${run.shortMessage ?? 'did not run'}`);
    return { code: run.exitCode, stdout: run.stdout, stderr: run.stderr };
  };

/** The standard output of a git command that must succeed. */
export async function gitOutput(git: Git, args: readonly string[], how?: Parameters<Git>[1]): Promise<string> {
  const run = await git(args, how);
  if (run.code !== 0) throw new Error(`git ${args.join(' ')}: exit code ${run.code}, wanted 0: ${run.stderr}`);
  return run.stdout;
}

/** Housekeeping is off because checkouts borrow a mirror's objects. */
const quiet = ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

function gitVariables(variables: Variables, asUser: boolean): Record<string, string> {
  const kept = Object.entries(variables).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('GIT_'),
  );
  const ownConfiguration = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...(asUser ? {} : ownConfiguration) };
}
