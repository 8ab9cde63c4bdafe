import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { aftercareId, flagChangeId, reconcilerId, releaseId, rolloutId, serviceId } from '../../src/messages.js';
/** Whoever has a client of the engine: a stage, or a server that skips time. */
interface Engine {
  client(): Promise<Client>;
}

const ids = {
  service: serviceId,
  release: releaseId,
  rollout: (service: string) => rolloutId('production', service),
  reconciler: () => reconcilerId('production'),
  aftercare: (service: string, changeId: string) => aftercareId('production', service, changeId),
};

const environments = ['dev', 'staging', 'production'] as const;

/**
 * With `SLIPWAY_RECORD=1` the histories of a release are kept in `test/histories`, where every later version of the
 * workflows must replay them. Recorded ones are never edited: a name that is there is left as it is.
 */
export async function recordHistories(
  stage: Engine,
  service: string,
  changeId: string,
  name: string,
  which: readonly (keyof typeof ids)[] = ['release', 'rollout'],
): Promise<void> {
  if (process.env['SLIPWAY_RECORD'] !== '1') return;
  for (const workflow of which) await keep(stage, ids[workflow](service, changeId), `${name}--${workflow}`);
}

/** The same of the latest change of a flag in production. */
export async function recordFlagHistory(stage: Engine, flag: string, name: string): Promise<void> {
  if (process.env['SLIPWAY_RECORD'] === '1')
    await keep(stage, flagChangeId('production', flag), `${name}--flag-change`);
}

/** The same of any workflow, under this name. */
export async function recordHistory(stage: Engine, workflowId: string, name: string): Promise<void> {
  if (process.env['SLIPWAY_RECORD'] === '1') await keep(stage, workflowId, name);
}

async function keep(stage: Engine, workflowId: string, name: string): Promise<void> {
  const client = await stage.client();
  const folder = join(process.cwd(), 'test/histories');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  if (existsSync(path)) return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  await writeFile(path, withoutPlace(historyToJSON(history)));
}

/** Replays need neither stack traces nor the names of processes, which tell only of the machine that recorded. */
const withoutPlace = (json: string): string =>
  `${JSON.stringify(
    JSON.parse(json, (key, value: unknown) => (key === 'stackTrace' || key === 'identity' ? '' : value)),
    undefined,
    1,
  )}\n`;

/** How many events the latest release of a service has cost, by workflow; of the mailbox, what came since it was asked for. */
export async function countEvents(stage: Engine, service: string, changeId: string): Promise<Record<string, number>> {
  const client = await stage.client();
  const length = async (id: string): Promise<number> => (await eventTypes(client, id)).length;
  const mailbox = await eventTypes(client, serviceId(service));
  // The workflow task that took the submission lies before its acceptance: scheduled, started, completed.
  const submitted = mailbox.findLastIndex((event) => event.workflowExecutionUpdateAcceptedEventAttributes) - 3;
  const counts: Record<string, number> = {
    service: mailbox.length - submitted,
    release: await length(releaseId(service, changeId)),
  };
  for (const environment of environments) counts[environment] = await length(rolloutId(environment, service));
  return counts;
}

async function eventTypes(client: Client, id: string) {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  return events ?? [];
}
