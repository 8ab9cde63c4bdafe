import { join } from 'node:path';
import { readRunFile } from '../../src/start/run-file.js';
import { startWorkerProcess } from '../../src/start/worker-process.js';
import { eventually } from './eventually.js';
import type { Stage } from './stage.js';

/** Two worker processes on the same engine: either can be killed, and is replaced. */
export async function withSecondWorker(stage: Stage) {
  const run = await readRunFile(stage.dataDir);
  const second = await startWorkerProcess({
    args: ['--all'],
    env: {
      ...process.env,
      SLIPWAY_CONFIG: join(stage.directory, 'slipway.yml'),
      SLIPWAY_DATA: stage.dataDir,
      TEMPORAL_ADDRESS: run?.address,
      TEMPORAL_NAMESPACE: run?.namespace,
    },
    logFile: join(stage.dataDir, 'second-workers.log'),
    tell: () => undefined,
  });
  return { kill, pids, close: () => second.stop() };

  /** Of the two processes the one named, once both poll. What is returned waits for its successor. */
  async function kill(pid: number): Promise<() => Promise<void>> {
    const both = await pids();
    if (!both.includes(pid)) throw new Error(`${pid} is none of the two workers ${both.join(' and ')}`);
    process.kill(pid, 'SIGKILL');
    return async () => {
      await eventually('the killed worker is replaced', async () => {
        const now = await pids();
        return now.length === 2 && !now.includes(pid) ? true : undefined;
      });
    };
  }

  async function pids(): Promise<readonly number[]> {
    return [...(await stage.pids()).workers, ...[second.pid() ?? []].flat()];
  }
}
