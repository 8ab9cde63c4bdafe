import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryRecords, type MemoryRecords } from '../../src/adapters/memory/records.js';
import type { FlagsOff } from '../../src/domain/flag-change.js';
import type { StepRecord } from '../../src/domain/rollout.js';
import { fail, pass } from '../../src/domain/verdict.js';
import { aGoodCanary, anOrder, begun } from './stories.js';

const off = { state: 'ENABLED', defaultVariant: 'off' } as const;
const verdict = fail('error-rate 6 % is above 0.11 %');

const inAftercare: FlagsOff = {
  ...{ changeId: 'change-20261124-01', service: 'shop', version: '1.1.0', environment: 'production' },
  ...{ requester: anOrder().requester, profile: anOrder().profile, at: begun, during: 'the aftercare', verdict },
  flags: [{ flag: 'express', off }],
};

/** SPEC-0701, Feature Flags: in production a change takes a Change Log entry and a decision record. */
describe('a flag that went off by itself, its version staying', () => {
  it('in a window: the deployment names the decision record, which tells what was seen and what is owed', async () => {
    const records = createMemoryRecords();
    const good = aGoodCanary();
    const failed: StepRecord = {
      ...{ id: '04-observe', step: { kind: 'verify', lane: 'candidate', within: 1 }, direction: 'forth', verdict },
      begunAt: begun,
    };
    const turned: StepRecord = {
      ...{ id: '04-observe-express', step: { kind: 'set-flag', flag: 'express', to: off }, direction: 'back' },
      ...{ begunAt: begun, endedAt: begun, verdict: pass('set') },
    };
    const rollout = { ...good, outcome: { ...good.outcome, steps: [failed, turned, ...good.outcome.steps] } };
    await records.write({ kind: 'rollout-ended', eventId: 'rollout', rollout });
    assert.match(changeLog(records), /deployed shop 1\.1\.0 to production.*flag express set to off.*DEC-DEPLOY-0001/);
    tellsAll(records, 'In a window of the rollout, shop 1.1.0 met in production: error-rate 6 %');
  });

  it('in the aftercare: a row of its own, and the same decision record', async () => {
    const records = createMemoryRecords();
    await records.write({ kind: 'flags-off', eventId: 'flags-off', off: inAftercare });
    assert.match(
      changeLog(records),
      /change-20261124-01 \| 2026-11-24 03:00:00 \| flag express turned off in production, shop 1\.1\.0 is watched on without: error-rate 6 % is above 0\.11 %\. Follow-up: \[FU-0001\]\S+ write root cause .*\[FU-0002\]\S+ review and decide DEC-DEPLOY-0001 \(governance-sentinel, due 2026-12-01\) \| shop, flag express, SPEC-0701, DEC-DEPLOY-0001 \| ada \(implementation-wrangler\) \| read back: \[DEC-DEPLOY-0001\]/,
    );
    tellsAll(records, 'In the aftercare, shop 1.1.0 met in production: error-rate 6 %');
    const { verified, findings } = await records.audit();
    assert.deepEqual([verified, findings], [true, []]);
  });

  const changeLog = ({ files }: MemoryRecords): string => files.get('docs/change-log.md') ?? '';

  function tellsAll({ files }: MemoryRecords, problem: string): void {
    const text = files.get('docs/decisions/DEC-DEPLOY-0001-flag-express-off-in-production.md') ?? 'no decision';
    assert.match(text, /^# DEC-DEPLOY-0001 — flag express turned off in production\n\n\*\*Status:\*\* Draft/);
    assert.ok(text.includes(problem), text);
    for (const heading of ['Decision Date', 'Participants', 'Candidate Thoughts', 'Evaluation', 'Cross-Links'])
      assert.match(text, new RegExp(`^## ${heading}$`, 'm'));
    assert.match(text, /## Outcome\n\n- express was set to off at 2026-11-24 03:00:00 UTC/);
    assert.match(text, /completed by governance-sentinel: whether flag express is turned on again/);
  }
});
