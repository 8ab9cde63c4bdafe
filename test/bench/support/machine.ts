import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Client } from '@temporalio/client';

/** What a measurement depends on beside the program: without these facts two runs cannot be compared. */
export interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  /** Of the last 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly kernel: string;
  readonly node: string;
  readonly sdk: string;
  readonly server: string;
}

/** The facts as they are now, of this machine and, where there is a `client`, of the engine it speaks to. */
export async function machineFacts(client?: Client): Promise<Machine> {
  const system = await client?.workflowService.getSystemInfo({});
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  return {
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadavg().map((load) => Math.round(load * 100) / 100),
    kernel: release(),
    node: process.version,
    sdk: version,
    server: system?.serverVersion ?? 'none',
  };
}
