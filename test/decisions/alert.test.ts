import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Alert, type AlertSituation, dueAt, ruleOnAlert } from '../../src/domain/alert.js';
import type { Phase } from '../../src/domain/command.js';
import { after, minutes } from '../../src/domain/duration.js';
import { tuesday } from '../support/orders.js';

const begun = after(tuesday, -minutes(5));

const anAlert = (more: Partial<Alert> = {}): Alert => ({
  id: 'abc@now',
  name: 'TooManyErrors',
  severity: 'critical',
  status: 'firing',
  startsAt: tuesday,
  summary: 'shop answers 500',
  ...more,
});

const met = (more: Partial<AlertSituation> = {}): AlertSituation => ({
  changeId: 'change-20261124-01',
  version: '1.1.0',
  lane: 'candidate',
  since: begun,
  now: tuesday,
  phase: 'observing',
  severities: { critical: 0, warning: minutes(5) },
  ...more,
});

describe('The table of alerts and phases', () => {
  const table: readonly [Phase, outcome: string, said: RegExp][] = [
    ['stepping', 'demanded', /goes back/],
    ['observing', 'demanded', /goes back/],
    ['held', 'demanded', /goes back/],
    ['adopting', 'demanded', /goes back/],
    ['going-back', 'ignored', /going back already/],
    ['stuck', 'ignored', /retry, skip or take-over/],
    ['closing', 'ignored', /has ended/],
  ];
  for (const [phase, outcome, said] of table)
    it(`a critical one while it is ${phase}: ${outcome}`, () => {
      const ruling = ruleOnAlert(anAlert(), met({ phase }));
      assert.equal(ruling.outcome, outcome);
      assert.match(ruling.said, said);
    });
});

describe('An alert moves a release', () => {
  it('at once, after a countdown, or not at all, as its severity says', () => {
    assert.deepEqual(ruleOnAlert(anAlert(), met()), { outcome: 'demanded', said: 'it goes back', due: tuesday });
    assert.deepEqual(ruleOnAlert(anAlert({ severity: 'warning' }), met()), {
      outcome: 'counting-down',
      said: 'it goes back in 5 min, at 2026-11-24T09:05:00.000Z, unless it is resolved',
      due: after(tuesday, minutes(5)),
    });
    for (const severity of ['info', 'constructor', ''])
      assert.deepEqual(ruleOnAlert(anAlert({ severity }), met()), {
        outcome: 'ignored',
        said: `severity "${severity}" moves nothing; what does: critical, warning`,
      });
  });

  const foreign: readonly [why: string, Partial<Alert>, said: RegExp][] = [
    ['is about another change', { changeId: 'change-20261123-01' }, /change-20261123-01, not change-20261124-01/],
    ['is about the former version', { version: '1.0.0' }, /version 1\.0\.0; what could go back is 1\.1\.0/],
    ['is about the stable lane', { lane: 'stable' }, /about the stable lane; what could go back is candidate/],
    ['fires for longer than the rollout lasts', { startsAt: after(begun, -1) }, /before change-20261124-01 began/],
  ];
  for (const [why, more, said] of foreign)
    it(`never, where it ${why}`, () => {
      const ruling = ruleOnAlert(anAlert(more), met());
      assert.equal(ruling.outcome, 'ignored');
      assert.match(ruling.said, said);
    });

  it('where it names what is under way', () => {
    const about = { changeId: 'change-20261124-01', version: '1.1.0', lane: 'candidate', startsAt: begun };
    assert.equal(ruleOnAlert(anAlert(about), met()).outcome, 'demanded');
  });

  it('not past the point of no return, and says why', () => {
    const noReturn = 'the migration cannot be taken back: fix forward';
    assert.deepEqual(ruleOnAlert(anAlert(), met({ noReturn })), { outcome: 'ignored', said: noReturn });
  });

  it('not while people have snoozed it; after that, as long as it fires', () => {
    const until = after(tuesday, minutes(30));
    const snoozed = { by: 'dave', reason: 'a known fault', until };
    assert.deepEqual(ruleOnAlert(anAlert(), met({ snoozed })), {
      outcome: 'snoozed',
      said: `alerts are snoozed until ${until} by dave: a known fault`,
      due: until,
    });
    const { due, said } = ruleOnAlert(anAlert(), met({ snoozed: { by: 'dave', reason: 'known' } }));
    assert.deepEqual([due, said], [undefined, 'alerts are snoozed to the end by dave: known']);
  });
});

describe('A countdown', () => {
  const soon = after(tuesday, minutes(1));
  const later = after(tuesday, minutes(9));
  it('is over when it is due, or when the snooze is, whichever is later', () => {
    const by = { by: 'dave', reason: 'known' };
    assert.equal(dueAt(soon, undefined), soon);
    assert.equal(dueAt(soon, { ...by, until: later }), later);
    assert.equal(dueAt(later, { ...by, until: soon }), later);
    assert.equal(dueAt(soon, by), undefined);
  });
});
