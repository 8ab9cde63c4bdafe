import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyBehind } from '../../src/domain/decisions/recovery/behind.js';
import { type KnownChanges, knownOf, type LatestRecorded, nothingKnown } from '../../src/domain/recovery.js';
import type { ReleaseOutcome } from '../../src/domain/release.js';
import { tuesday } from '../support/orders.js';

const [first, second] = ['change-20261124-01', 'change-20261124-02'] as const;
const opened = (changeId: string, begun?: true): LatestRecorded => ({
  opened: { changeId, at: tuesday, key: `key of ${changeId}`, ...(begun && { begun }) },
});
const closed = (changeId: string): LatestRecorded => ({ closed: { changeId, at: tuesday } });
const asked = 'know of change-20261124-02';
const ended = 'say how change-20261124-02 ended';

describe('fault 5: the records compared with what the engine knows of a service', () => {
  const table: [string, LatestRecorded, Partial<KnownChanges>, string | undefined][] = [
    ['nothing was ever released', {}, {}, undefined],
    ['there is no mailbox, and there are records', opened(second), {}, asked],
    ['the latest is under way', opened(second), { open: [second] }, undefined],
    ['the latest waits behind another', opened(second), { open: [first, second] }, undefined],
    [
      'the latest has ended, and that is known',
      { ...opened(second), ...closed(second) },
      { ended: [second] },
      undefined,
    ],
    ['the latest was terminated, and is open in the records', opened(second), { lost: [second] }, undefined],
    ['an older copy: it knows the one before', opened(second), { ended: [first] }, asked],
    [
      'an older copy: the one that ended is not known',
      { ...opened(first), ...closed(second) },
      { open: [first] },
      ended,
    ],
    ['it was closed just now, its mailbox has not heard yet', closed(second), { open: [second] }, undefined],
    ['it was terminated, and the records say how it ended', closed(second), { lost: [second] }, ended],
    ['it is being written down', opened(second), { keys: ['key of change-20261124-02'] }, undefined],
    ['its key comes again, and something of it was done', opened(second, true), { keys: [`key of ${second}`] }, asked],
    ['another is being written down', opened(second), { ended: [first], keys: ['another key'] }, asked],
  ];
  for (const [what, latest, known, wanted] of table)
    it(`${what}: ${wanted === undefined ? 'in step' : 'the engine is behind'}`, () => {
      const why = whyBehind(latest, { ...nothingKnown, ...known });
      if (wanted === undefined) assert.equal(why, undefined);
      else assert.match(why ?? '', new RegExp(`the records ${wanted}.*data were lost, or an older copy`));
    });

  it('what a mailbox shows tells how ends are known: of one that was terminated nothing is', () => {
    const end = (changeId: string, more: Partial<ReleaseOutcome>): ReleaseOutcome => ({
      ...{ kind: 'succeeded', changeId, service: 'shop', version: '1.0.0', reason: '', adopted: [] },
      ...{ records: ['docs/change-log.md'], ...more },
    });
    const latest = [end('a', {}), end('b', { kind: 'failed', records: [] }), end('c', { kind: 'failed' })];
    assert.deepEqual(knownOf({ underWay: 'd', queue: ['e'], latest }, ['key']), {
      ...{ open: ['d', 'e'], ended: ['a', 'c'], lost: ['b'], keys: ['key'] },
    });
  });
});
