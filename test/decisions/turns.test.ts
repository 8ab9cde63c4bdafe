import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextOver, nextTurn, untilOver, untilTurn } from '../../src/domain/turns.js';
import { after, minutes } from '../../src/domain/duration.js';
import { tuesday } from '../support/orders.js';

interface Waiting {
  readonly name: string;
  readonly refusedBecause?: string;
  readonly startAt?: string;
  readonly startBy?: string;
}

const at = (minute: number): string => after(tuesday, minutes(minute));
const plain: Waiting = { name: 'plain' };
const later: Waiting = { name: 'later', startAt: at(30) };
const expiring: Waiting = { name: 'expiring', startBy: at(10) };
const superseded: Waiting = { name: 'superseded', refusedBecause: 'superseded' };
const both: Waiting = { name: 'both', startAt: at(30), startBy: at(40) };

/** The queue; the minute; whose turn it is; who is told that his turn never comes; minutes until either changes by itself. */
const table: readonly [
  readonly Waiting[],
  number,
  string | undefined,
  string | undefined,
  number | undefined,
  number | undefined,
][] = [
  [[], 0, undefined, undefined, undefined, undefined],
  [[plain, expiring], 0, 'plain', undefined, undefined, 10],
  [[expiring, plain], 10, 'expiring', undefined, undefined, 0],
  [[expiring, plain], 11, 'plain', 'expiring', undefined, undefined],
  [[superseded, plain], 0, 'plain', 'superseded', undefined, undefined],
  [[superseded], 0, undefined, 'superseded', undefined, undefined],
  [[later, plain], 0, 'plain', undefined, undefined, undefined],
  [[later], 0, undefined, undefined, 30, undefined],
  [[later, both], 29, undefined, undefined, 1, 11],
  [[both], 30, 'both', undefined, undefined, 10],
  [[both], 41, undefined, 'both', undefined, undefined],
];

describe('A queue', () => {
  for (const [queue, minute, turn, over, turnIn, overIn] of table)
    it(`of ${queue.map(({ name }) => name).join(', ') || 'nobody'} after ${minute} minutes`, () => {
      const now = at(minute);
      assert.equal(nextTurn(queue, now)?.name, turn);
      assert.equal(nextOver(queue, now)?.name, over);
      assert.equal(inMinutes(untilTurn(queue, now)), turnIn);
      assert.equal(inMinutes(untilOver(queue, now)), overIn);
    });
});

const inMinutes = (ms: number | undefined): number | undefined => ms && Math.floor(ms / minutes(1));
