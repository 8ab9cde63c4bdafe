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

describe('the readiness of production: whoever is on call knows', () => {
  const acknowledged = [{ changeId: 'change-20261124-01', by: 'dave', at: tuesday, comment: 'go on' }];

  async function items(changeId: string, onCall?: { readonly toldAt?: string }) {
    const readiness = await judgeReadiness(
      {
        ...{ fleet: undefined as never, metrics: undefined as never, telemetry: undefined as never },
        database: undefined as never,
        workflows: { standing: () => Promise.resolve({ acknowledged } as never) },
      },
      {
        ...{ place, policy: { 'on-call-notified': {} }, now: tuesday },
        ...{ artifact: anArtifact(), changeId, rehearsedIn: [], ...(onCall && { onCall }) },
      },
    );
    return readiness.items[0];
  }

  it('by what was acknowledged of this very change: who, when, and when that was told', async () => {
    const item = await items('change-20261124-01', { toldAt: '2026-11-24T08:00:00.000Z' });
    assert.deepEqual([item?.state, item?.evidence?.source, item?.evidence?.by], ['holds', 'system', 'dave']);
    assert.match(
      item?.reason ?? '',
      /notified at 2026-11-24T08:00:00\.000Z, acknowledged by dave at 2026-11-24T09.*: go on/,
    );
  });

  it('not by what was acknowledged of another: the command names this one', async () => {
    const item = await items('change-20261124-02', {});
    assert.deepEqual([item?.state, item?.command], ['missing', 'slipway acknowledge change-20261124-02']);
  });

  it('of a release that tells nobody, only by what is said', async () => {
    const item = await items('change-20261124-01');
    assert.deepEqual(
      [item?.state, item?.command],
      ['missing', 'slipway evidence shop on-call-notified --statement "…"'],
    );
  });
});
