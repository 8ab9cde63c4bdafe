import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { slipway } from '../support/slipway-cli.js';

let door: FrontDoor;
beforeEach(async () => (door = await openFrontDoor()));
afterEach(() => door.close());

describe('what the engine does by itself', () => {
  const trigger = (person: string, name: string) =>
    door.ask(person, 'POST', `/v1/schedules/${name}/runs`, { body: {} });

  it('is shown to everybody: when, when last, when next, and why not', async () => {
    const { status, body } = await door.ask('norma', 'GET', '/v1/schedules');
    assert.equal(status, 200);
    const [retention, reminders] = body['schedules'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual([retention?.['when'], retention?.['underWay']], ['every day, 03:15 UTC', false]);
    assert.deepEqual([reminders?.['paused'], reminders?.['next']], ['nobody is here', undefined]);
  });

  it('begins now where whoever operates says so, and once at a time', async () => {
    const begun = await trigger('alice', 'retention');
    assert.deepEqual([begun.status, begun.body['underWay']], [202, true]);
    const again = await trigger('alice', 'retention');
    assert.equal(again.status, 409);
    assert.match(String(again.body['detail']), /retention is under way: wait for its end/);
  });

  for (const [says, by, name, status, wanted] of [
    ['by somebody who does not operate', 'norma', 'retention', 403, /to trigger a schedule takes one of/],
    ['of an unknown one', 'alice', 'retain', 404, /no schedule "retain"; known: retention, reminders/],
  ] as const)
    it(`a run asked for ${says} is refused, with what is wanted`, async () => {
      const answered = await trigger(by, name);
      assert.equal(answered.status, status, answered.text);
      assert.match(String(answered.body['detail']), wanted);
    });
});

describe('slipway schedules', () => {
  const as = (person: string, ...args: string[]) =>
    slipway(['schedules', ...args], { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

  it('lists them', async () => {
    const { code, out } = await as('norma');
    assert.equal(code, 0);
    assert.match(out, /^name +when +last +next\nretention +every day, 03:15 UTC +never +2026-11-24T/);
    assert.match(out, /\nreminders +every day, 07:30 UTC +never +paused: nobody is here/);
  });

  it('begins one now, and says so', async () => {
    const { code, out } = await as('alice', '--trigger', 'retention');
    assert.deepEqual([code, out], [0, 'retention has begun']);
    assert.match((await as('alice', '--json')).out, /"name":"retention".*"underWay":true/);
  });

  it('ends with 5 where there is no such schedule, and with 8 where the role is missing', async () => {
    assert.equal((await as('alice', '--trigger', 'retain')).code, 5);
    assert.equal((await as('norma', '--trigger', 'retention')).code, 8);
  });
});
