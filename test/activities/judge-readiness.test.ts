import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeReadiness } from '../../activities/judge-readiness.js';
import type { Evidence } from '../../src/domain/readiness.js';
import type { RestoreProof } from '../../src/domain/restore-test.js';
import { anArtifact, tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const proof: RestoreProof = { at: tuesday, tables: 2, rows: 93, bytes: 4_096, dumpMs: 800, restoreMs: 1_200 };
const shown = (source: Evidence['source']): Evidence => ({
  ...{ item: 'restore-tested', at: tuesday, by: 'slipway', source, what: '2 tables of staging are the same' },
});

/** What the mailbox has heard of restores, and the proof that lies in production. */
async function state(evidence: readonly Evidence[], own: RestoreProof | undefined) {
  const { items } = await judgeReadiness(
    {
      fleet: undefined as never,
      metrics: undefined as never,
      telemetry: undefined as never,
      database: { restoreTested: () => Promise.resolve(own) },
      workflows: { standing: () => Promise.resolve({ evidence } as never) },
    },
    {
      ...{ place, policy: { 'restore-tested': {} }, now: tuesday },
      ...{ artifact: anArtifact(), changeId: 'change-20261124-01', rehearsedIn: [] },
    },
  );
  return items.map(({ item, state: is }) => [item, is]);
}

describe('the readiness of production: a rehearsed restore', () => {
  for (const [says, evidence, own, is] of [
    ['of its own database holds', [], proof, 'holds'],
    ['of another environment says nothing of this one', [shown('system')], undefined, 'missing'],
    ['that a record of the repository shows holds', [shown('record')], undefined, 'holds'],
  ] as const)
    it(says, async () => {
      assert.deepEqual(await state(evidence, own), [['restore-tested', is]]);
    });
});
