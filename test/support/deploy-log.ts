import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployLog } from '../../src/domain/decisions/records/deploy-log.js';
import type { Stage, View } from './stage.js';

/** The deploy log of a release that has ended, the first where it has several; `wanted` is how it was to end. */
export async function deployLogOf({ directory }: Stage, { state, outcome }: View, wanted = state): Promise<DeployLog> {
  assert.equal(state, wanted, outcome?.reason);
  const path = outcome?.records.find((one) => one.startsWith('logs/deployments/'));
  assert.ok(path !== undefined, `no deploy log among ${outcome?.records.join(', ') ?? 'nothing'}`);
  return JSON.parse(await readFile(join(directory, path), 'utf8')) as DeployLog;
}
