import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leapFrom } from '../../src/domain/blast-radius.js';
import { type Command, ruleOn, type Situation } from '../../src/domain/command.js';
import { tooManyMoved } from '../../src/domain/decisions/flags/blast-radius.js';
import type { FlagDefinition, FlagSetting } from '../../src/domain/flag.js';
import type { PlannedStep } from '../../src/domain/rollout.js';
import { tuesday } from '../support/orders.js';

const observe = { kind: 'observe' } as PlannedStep['take'];
const canary = [5, 25, 100].flatMap((share): PlannedStep[] => [
  { id: `shift-${share}`, take: { kind: 'shift', share } },
  { id: `observe-${share}`, take: observe },
]);
const rolling = [1, 2, 3].flatMap((batch): PlannedStep[] => [
  { id: `batch-${batch}`, take: { kind: 'replace', batch, of: 3 } },
  { id: `observe-${batch}`, take: observe },
]);

describe('One command gives the candidate, from the step under way', () => {
  const rows = [
    ['observe-5', canary, 5, 20, 95],
    ['observe-25', canary, 25, 75, 75],
    ['observe-100', canary, 100, 0, 0],
    ['observe-1', rolling, 33, 33, 67],
  ] as const;
  for (const [id, steps, share, next, full] of rows)
    it(`${id}: ${next} points with promote, ${full} with --full`, () => {
      assert.deepEqual(leapFrom({ steps }, { id, share }, 50), { next, full, atMost: 50 });
    });
});

describe('The blast radius of a command', () => {
  const leap = { next: 20, full: 95, atMost: 50 };
  const met: Situation = { phase: 'observing', paused: false, looks: true, step: 'observe-5', leap };
  const said = (kind: Command['kind'], more: object = {}, where: object = {}) =>
    ruleOn({ ...command, kind, ...more }, { ...met, ...where }, []);

  it('lets through what stays within it', () => {
    assert.equal(said('promote').outcome, 'done');
    assert.equal(said('skip').outcome, 'done');
    assert.equal(said('promote', { full: true }, { leap: undefined }).outcome, 'done');
  });

  it('refuses what goes beyond, with both numbers and the way forward', () => {
    assert.deepEqual(said('promote', { full: true }), {
      outcome: 'refused',
      said: 'promote --full would give the candidate 95 points of traffic more unseen; one command may give 50 here (blast-radius): let the window end, or promote without `full`',
    });
    const late = { leap: { next: 75, full: 75, atMost: 50 } };
    assert.match(said('skip', {}, late).said, /^skip would give the candidate 75 points .* let the window end$/);
    assert.equal(said('promote', {}, late).outcome, 'refused');
  });

  it('never limits the way back', () => {
    for (const kind of ['rollback', 'abort', 'pause'] as const) assert.equal(said(kind).outcome, 'done');
  });
});

describe('One change of a flag moves', () => {
  const toggle = (setting: Partial<FlagSetting>): FlagDefinition => ({
    ...{ name: 'express', description: 'one click', owner: 'checkout', variants: { on: true, off: false } },
    ...{ state: 'ENABLED', defaultVariant: 'off', ...setting },
  });
  const on: FlagSetting = { state: 'ENABLED', defaultVariant: 'on' };
  const share = (percent: number): FlagSetting => ({
    ...{ state: 'ENABLED', defaultVariant: 'off' },
    rollout: { on: percent, off: 100 - percent },
  });
  const rows: readonly (readonly [string, FlagDefinition, FlagSetting, number | undefined])[] = [
    ['off to on', toggle({}), on, 100],
    ['off to 25 %', toggle({}), share(25), undefined],
    ['10 % to 60 %', toggle(share(10)), share(60), undefined],
    ['10 % to 61 %', toggle(share(10)), share(61), 51],
    ['disabled to on', toggle({ state: 'DISABLED' }), on, 100],
    ['on to off', toggle(on), { state: 'ENABLED', defaultVariant: 'off' }, undefined],
    ['on to disabled', toggle(on), { ...on, state: 'DISABLED' }, undefined],
  ];
  for (const [what, from, to, points] of rows)
    it(`${what}: ${points === undefined ? 'within 50 %, or off' : `${points} %, refused`}`, () => {
      const met = tooManyMoved(from, to, 50)?.met;
      if (points === undefined) assert.equal(met, undefined);
      else assert.match(met ?? '', new RegExp(`moves ${points} % of the users at once`));
    });
});

const command: Command = {
  ...{ id: 'one', kind: 'promote', by: 'dave', roles: ['on-call'], reason: 'looks good', at: tuesday },
  ...{ via: 'http', proved: true },
};
