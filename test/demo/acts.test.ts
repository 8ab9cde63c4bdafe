import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAsWanted } from '../../src/demo/demo.js';
import type { Act, DemoRelease } from '../../src/demo/play.js';
import { told } from '../../src/demo/summary.js';

const good: Act = { version: '1.1.0', wanted: 'succeeded', about: 'good' };
const bad: Act = { version: '1.2.0', wanted: 'rolled-back', about: 'bad' };
const onData: Act = { ...bad, version: '1.3.0', onData: true };
const kept = { intact: true, promised: 10, kept: 10, inNewForm: 2 };

const aRelease = (more: Partial<DemoRelease>): DemoRelease => ({
  service: 'shop',
  version: '1.3.0',
  outcome: 'rolled-back',
  changeId: 'change-20261124-04',
  clientRequests: { sent: 100, failed: 0 },
  records: ['docs/change-log.md'],
  ...more,
});

describe('an act of the demo', () => {
  const table: readonly (readonly [says: string, act: Act, more: Partial<DemoRelease>, wanted: boolean])[] = [
    ['a good release that costs nobody anything', good, { outcome: 'succeeded' }, true],
    ['a good release that went back', good, {}, false],
    ['a good release that failed a customer', good, served(100, 1), false],
    ['a good release without customers', good, served(0, 0), false],
    ['a bad release that went back', bad, served(100, 7), true],
    ['a bad release that was kept', bad, { outcome: 'succeeded' }, false],
    ['a rollback that lost nothing', onData, { data: kept }, true],
    ['a rollback that lost an order', onData, { data: { ...kept, intact: false, kept: 9 } }, false],
    ['a rollback before anything was written in the new form', onData, { data: { ...kept, inNewForm: 0 } }, false],
    ['a rollback after which nobody looked', onData, {}, false],
  ];
  for (const [says, act, more, wanted] of table)
    it(`${says}: ${wanted ? 'as it should be' : 'not as it should be'}`, () =>
      assert.equal(isAsWanted(act, aRelease(more)), wanted));

  it('that was left out is told, with why and how to have it; what is kept of the data is told', () => {
    const reason = 'PostgreSQL is not installed: install it with `apt install postgresql`';
    const summary = {
      profile: 'demo',
      durationMs: 61_234,
      releases: [aRelease({ data: kept, timeToDetectMs: 2_000, timeToSafeMs: 302 })],
      leftOut: [{ act: 4, reason }],
      audit: { verified: true },
    };
    const text = told(summary, { governance: '/demo/governance', links: [] });
    assert.match(text, /^── 61\.2 s; the records' hash chain verifies/m);
    assert.match(text, /0 of 100 customer requests failed, taken back after 2 s, safe 302 ms later/);
    assert.match(text, /data intact: 10 of 10 orders are in the database as promised, 2 of them/);
    assert.ok(text.includes(`  act 4 was left out: ${reason}`), text);
  });
});

function served(sent: number, failed: number): Partial<DemoRelease> {
  return { outcome: failed > 5 ? 'rolled-back' : 'succeeded', clientRequests: { sent, failed } };
}
