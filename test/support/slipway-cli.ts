import { execa } from 'execa';

const main = new URL('../../src/cli/main.js', import.meta.url).pathname;

/** How a command ended, and what it printed where. */
export interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs `slipway` in a process of its own, with nothing of this environment but what finds programs and a home. */
export async function slipway(
  args: readonly string[],
  at: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const run = await execa(process.execPath, [main, ...args], {
    cwd: at.cwd ?? '/',
    env: { PATH, HOME, ...at.env },
    extendEnv: false,
    reject: false,
    timeout: 60_000,
  });
  return { code: run.exitCode, out: run.stdout, err: run.stderr };
}
