import type { Config } from '../../config/config.js';
import { minutes } from '../../domain/duration.js';
import type { Drift } from '../../ports/drift.js';
import type { Variables } from '../build/git.js';
import { askCommand } from './ask-command.js';

const limit = minutes(10);

/**
 * Runs an environment's `drift` command with a shell in the governance repository, `ENVIRONMENT` set, and every variable
 * of this worker. Exit codes as `terraform plan -detailed-exitcode`.
 */
export const createDrift = (parts: {
  readonly config: Pick<Config, 'environments' | 'directory'>;
  readonly variables: Variables;
}): Drift => ({
  async look(environment) {
    const run = parts.config.environments.find(({ name }) => name === environment)?.drift;
    if (run === undefined) return undefined;
    const { directory } = parts.config;
    const about = { ENVIRONMENT: environment };
    const { code, how, line } = await askCommand({ run, directory, about, variables: parts.variables, limit });
    const kind = code === 0 ? 'none' : code === 2 ? 'drift' : 'unknown';
    const ended = code === 2 ? 'exit code 2' : how;
    return { run, kind, said: line === '' ? ended : `${ended}: ${line}` };
  },
});
