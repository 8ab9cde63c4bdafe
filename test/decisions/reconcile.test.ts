import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingsOf } from '../../src/domain/decisions/reconcile.js';
import { after, minutes } from '../../src/domain/duration.js';
import type { Finding, Sight } from '../../src/domain/finding.js';
import { tuesday } from '../support/orders.js';

const inOrder: Sight = { service: 'shop', environment: 'production', share: 0, mailbox: 'runs' };
const rollout = { changeId: 'change-20261124-01', state: 'running', attended: true };

describe('the world and the engine, looked at together', () => {
  const table: [string, Partial<Sight>, readonly Finding['kind'][]][] = [
    ['nothing under way, nobody on a candidate', {}, []],
    ['a rollout that carries its candidate on', { share: 25, rollout }, []],
    ['a candidate without users, left to be looked at', { candidate: '1.1.0' }, []],
    ['users on a candidate that nothing carries on', { share: 25, candidate: '1.1.0' }, ['unattended']],
    ['a rollout whose release was ended', { share: 25, rollout: { ...rollout, attended: false } }, ['orphaned']],
    ['a way back that is stuck', { share: 25, rollout: { ...rollout, state: 'stuck' } }, ['stuck']],
    ['a rollout that asks for people', { share: 25, rollout: { ...rollout, state: 'held' } }, ['held']],
    ['stuck, and nobody follows', { rollout: { ...rollout, state: 'stuck', attended: false } }, ['orphaned', 'stuck']],
    ['a service that was never released', { mailbox: 'none' }, []],
    ['a mailbox that was ended', { mailbox: 'ended' }, ['mailbox-ended']],
  ];
  for (const [what, sight, wanted] of table)
    it(`${what}: ${wanted.join(' and ') || 'in order'}`, () => {
      const found = findingsOf([{ ...inOrder, ...sight }], [], tuesday);
      assert.deepEqual(
        found.map(({ kind }) => kind),
        wanted,
      );
      for (const { text, command } of found) assert.ok(text.includes('shop') && command.startsWith('slipway '));
    });

  it('say what is asked of people, where it is known', () => {
    const asks = 'inconclusive: 12 requests; 50 are needed. `promote` lets 04-observe pass';
    const [found] = findingsOf([{ ...inOrder, share: 25, rollout: { ...rollout, state: 'held', asks } }], [], tuesday);
    assert.match(found?.text ?? '', /is held, with 25 % of the users on the candidate: inconclusive: 12 requests/);
  });

  it('keep the time at which a thing was first seen', () => {
    const sight = { ...inOrder, share: 25 };
    const first = findingsOf([sight], [], tuesday);
    const later = findingsOf([{ ...sight, share: 50 }], first, after(tuesday, minutes(5)));
    assert.deepEqual([later[0]?.since, later[0]?.text.includes('50 %')], [tuesday, true]);
  });
});
