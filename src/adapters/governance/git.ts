import { execa } from 'execa';

/** Runs git in a directory and answers what it printed. */
export type Git = (args: readonly string[], input?: string) => Promise<string>;

const settings = [
  'user.name=Slipway',
  'user.email=slipway@slipway.invalid',
  'commit.gpgSign=false',
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  // Blobs and trees are written once and packed by git's own maintenance later: speed counts more than size here.
  'core.looseCompression=1',
  'core.compression=0',
];

/** Git for one directory: no hooks, no signing, no prompts, nothing of a surrounding git in the environment. */
export function gitIn(directory: string): Git {
  const options = settings.flatMap((setting) => ['-c', setting]);
  return async (args, input) => {
    const { stdout } = await execa('git', ['--literal-pathspecs', ...options, ...args], {
      cwd: directory,
      env: cleanEnvironment(),
      extendEnv: false,
      input: input ?? '',
    });
    return stdout;
  };
}

/** Inherited, but for what would point git at another repository, index or author. */
function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
}
