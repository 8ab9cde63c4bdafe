import type { Config } from '../../config/config.js';
import { minutes } from '../../domain/duration.js';
import type { Drift } from '../../ports/drift.js';
import { judgeEnding, runCommand } from '../build/command.js';
import type { Variables } from '../build/git.js';
import { defined } from './variables.js';

const limit = minutes(10);

/** How much of what it printed is told: the end, where terraform sums up. */
const told = 300;

/**
 * Runs an environment's `drift` command with a shell in the governance repository, `ENVIRONMENT` set, and every variable
 * of this worker: it asks the world with the credentials of that environment. Exit codes as `terraform plan -detailed-exitcode`.
 */
export const createDrift = (parts: {
  readonly config: Pick<Config, 'environments' | 'directory'>;
  readonly variables: Variables;
}): Drift => ({
  async look(environment) {
    const run = parts.config.environments.find(({ name }) => name === environment)?.drift;
    if (run === undefined) return undefined;
    const variables = { ...defined(parts.variables), ENVIRONMENT: environment };
    const ended = await runCommand({ run, cwd: parts.config.directory, variables, timeout: limit });
    const { ending } = ended;
    const code = ending.kind === 'exited' ? ending.code : undefined;
    const kind = code === 0 ? 'none' : code === 2 ? 'drift' : 'unknown';
    const said = ended.tail.trim().split('\n').at(-1)?.slice(-told) ?? '';
    const how = code === 2 ? 'exit code 2' : judgeEnding(ended, limit).reason;
    return { run, kind, said: said === '' ? how : `${how}: ${said}` };
  },
});
