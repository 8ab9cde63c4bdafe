import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { days } from '../../src/domain/duration.js';
import { usualFollowUps } from '../../src/domain/follow-up.js';
import { aFile, configOf, problemsOf } from './support.js';

const and = (more: string): string => `${aFile()}\n${more}`;

describe('follow-ups in slipway.yml', () => {
  it('are as usual where nothing is said', async () => {
    assert.deepEqual((await configOf(aFile())).followUps, usualFollowUps);
  });

  it('are whose it says, by the day it says', async () => {
    const { followUps } = await configOf(
      and('follow-ups: { due: 21d, of: { root-cause: { owner: grace }, verify: { due: 2d } } }'),
    );
    assert.deepEqual(followUps.usual, { owner: 'service-owner', due: days(21) });
    assert.deepEqual(followUps.duties['root-cause'], { owner: 'grace', due: days(5) });
    assert.deepEqual(followUps.duties.verify, { owner: 'service-owner', due: days(2) });
  });

  for (const [says, written, wanted] of [
    [
      'an owner that nobody is',
      'follow-ups: { owner: nora }',
      /^slipway\.yml:\d+:\d+ follow-ups\.owner: met "nora"; possible: .*grace/,
    ],
    [
      'an owner of one thing that nobody is',
      'follow-ups: { of: { decision: { owner: nora } } }',
      /follow-ups\.of\.decision\.owner: met "nora"/,
    ],
    [
      'a time that is no number of days',
      'follow-ups: { due: soon }',
      /follow-ups\.due: met "soon"; wanted a number of days such as 90d/,
    ],
    [
      'what no record leaves to be done',
      'follow-ups: { of: { party: { due: 1d } } }',
      /follow-ups\.of\.party: met the unknown key "party"; possible: restored, verify, left-undone, root-cause, decision/,
    ],
  ] as const)
    it(`${says} is refused`, async () => {
      const [problem = ''] = await problemsOf(and(written));
      assert.match(problem, wanted);
    });
});
