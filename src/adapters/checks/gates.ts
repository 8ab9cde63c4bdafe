import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Gates } from '../../ports/gates.js';
import { judgeEnding, lastBytes, runCommand } from '../build/command.js';
import type { Variables } from '../build/git.js';
import { defined } from './variables.js';

/** How much of what a gate printed is kept beside its hash: the end, where it sums up. */
const kept = 2_048;

/**
 * Runs an environment's gates with a shell in the governance repository, with every variable of this worker: they try
 * things in that environment with its credentials. What it is about is in `ENVIRONMENT`, `SERVICE`, `VERSION`, `COMMIT`,
 * `DIGEST` and `CHANGE_ID`.
 */
export const createGates = (parts: { readonly directory: string; readonly variables: Variables }): Gates => ({
  async run({ gate: { name, run, timeout }, place, artifact, changeId, progress, signal }) {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-gate-'));
    try {
      const log = join(folder, 'log');
      const variables = {
        ...defined(parts.variables),
        ...{ ENVIRONMENT: place.environment, SERVICE: place.service, VERSION: artifact.version },
        ...{ COMMIT: artifact.commit, DIGEST: artifact.digest, CHANGE_ID: changeId },
      };
      const ended = await runCommand({ run, cwd: parts.directory, variables, timeout, log, line: progress, signal });
      const verdict = judgeEnding(ended, timeout);
      const hash = createHash('sha256');
      await pipeline(createReadStream(log), hash);
      return {
        name,
        verdict,
        log: lastBytes(ended.tail, kept),
        at: new Date().toISOString(),
        hash: hash.digest('hex'),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
