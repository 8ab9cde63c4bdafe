import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createMemorySecrets, type MemorySecrets } from '../../src/adapters/memory/secrets.js';
import type { KnownSecret } from '../../src/domain/secret.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';
import { aSecret } from '../support/rotations.js';
import { slipway } from '../support/slipway-cli.js';

const signing: KnownSecret = {
  ...{ name: 'ALERTS_SECRET', kind: 'env' },
  uses: [{ purpose: 'what alerts are signed with', reader: 'front-door' }],
};

let door: FrontDoor;
let secrets: MemorySecrets;
beforeEach(async () => {
  secrets = createMemorySecrets([aSecret, signing]);
  door = await openFrontDoor({ secrets });
});
afterEach(() => door.close());

const rotate = (person: string, body: Record<string, unknown>) =>
  door.ask(person, 'POST', '/v1/secrets/rotations', { body });

/** Oscar is a service owner, alice operates, norma does neither. */
describe('secrets at the front door', () => {
  it('are listed with who reads them, and never with a value', async () => {
    secrets.values.set(signing.name, 'a-planted-value');
    const { status, body, text } = await door.ask('norma', 'GET', '/v1/secrets');
    assert.equal(status, 200, text);
    const listed = body['secrets'] as readonly { readonly name: string; readonly state: string }[];
    assert.deepEqual(
      listed.map(({ name, state }) => [name, state]),
      [
        [aSecret.name, 'unrecorded'],
        [signing.name, 'unplanned'],
      ],
    );
    assert.ok(!text.includes('planted'));
  });

  it('are said to have been replaced by their owner, or by who operates', async () => {
    for (const person of ['oscar', 'alice']) {
      const { status, text } = await rotate(person, { secret: aSecret.name, reason: 'it was due' });
      assert.equal(status, 200, text);
      assert.match(text, /"state":"in-time"/);
    }
    assert.deepEqual(
      door.desk.said.map(({ written }) => (written as { readonly at: string }).at),
      [tuesday, tuesday],
    );
  });

  it('of the front door are compared by what it finds itself', async () => {
    secrets.values.set(signing.name, 'new');
    const { text } = await rotate('alice', { secret: signing.name, reason: 'it leaked' });
    assert.match(text, /the front door see the value of/);
  });

  for (const [says, by, body, status, wanted] of [
    ['a stranger to it', 'norma', { secret: aSecret.name }, 403, /to say that SHOP_DATABASE_URL was replaced takes/],
    ['an unknown name', 'oscar', { secret: 'SHOP_DATABASE_UR' }, 422, /Did you mean SHOP_DATABASE_URL\?/],
    [
      'a day that has not been',
      'oscar',
      { secret: aSecret.name, at: '2026-11-25T00:00:00Z' },
      422,
      /a moment that has been/,
    ],
    ['no day at all', 'oscar', { secret: aSecret.name, at: 'yesterday' }, 400, /2026-11-24T03:00:00Z/],
  ] as const)
    it(`refuse ${says}, with what is wanted`, async () => {
      const answered = await rotate(by, { reason: 'it was due', ...body });
      assert.equal(answered.status, status, answered.text);
      assert.match(answered.text, wanted);
      assert.deepEqual(door.desk.said, []);
    });
});

describe('slipway secrets, slipway rotated', () => {
  const as = (person: string, ...args: string[]) =>
    slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

  it('end with 1 while one is owed, and with 0 once it is said', async () => {
    const owed = await as('norma', 'secrets');
    assert.equal(owed.code, 1);
    assert.match(owed.out, /SHOP_DATABASE_URL +unrecorded +no rotation recorded +every 90 days by service-owner/);
    const said = await as('oscar', 'rotated', aSecret.name, '--reason', 'it was due');
    assert.equal(said.code, 0, said.err);
    assert.match(said.out, /SHOP_DATABASE_URL +in-time +replaced .* by oscar +due /);
    assert.equal((await as('norma', 'secrets')).code, 0);
  });

  it('of an unknown name end with 2', async () => {
    const met = await as('oscar', 'rotated', 'NOTHING', '--reason', 'x');
    assert.equal(met.code, 2);
    assert.match(met.err, /a secret that slipway\.yml refers to: SHOP_DATABASE_URL, ALERTS_SECRET/);
  });
});
