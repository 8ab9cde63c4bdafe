import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Client } from '@temporalio/client';

/** What a measurement depends on beside the program: without these facts two runs cannot be compared. */
interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  /** Of the last 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly kernel: string;
  readonly node: string;
}

/** The machine, and the engine that was measured on it. */
interface Ground extends Machine {
  readonly sdk: string;
  readonly server: string;
}

/** The facts as they are now. */
export const localFacts = (): Machine => ({
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  load: loadavg().map((load) => Math.round(load * 100) / 100),
  kernel: release(),
  node: process.version,
});

/** The same with the engine that `client` speaks to. */
export async function machineFacts(client: Client): Promise<Ground> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  return { ...localFacts(), sdk: version, server: serverVersion };
}
