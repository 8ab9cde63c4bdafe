import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Finding } from '../../src/domain/finding.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const path = '/v1/services/shop/reconcile';
const reason = 'the disk was lost';
const command = 'slipway reconcile shop --reason "…" --dry-run';
const ahead: Finding = {
  ...{ kind: 'records-ahead', service: 'shop', environment: '', since: tuesday },
  ...{ text: 'shop: the records know of change-20261124-02, and the engine does not', command },
};

const as = (person: string, ...args: string[]) =>
  slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

describe('fault 5: reconciling a service at the front door', () => {
  it('shows what would be restored, and restores it', async () => {
    const shown = await door.ask('alice', 'POST', path, { body: { reason, dryRun: true } });
    assert.deepEqual([shown.status, shown.body['done'], shown.body['records']], [200, false, []]);
    const done = await door.ask('alice', 'POST', path, { body: { reason } });
    assert.deepEqual([done.status, done.body['done']], [200, true]);
    const orders = door.desk.said.map(({ written, from }) => [written, from.person]);
    const order = { reason, environments: ['dev', 'staging', 'production'] };
    assert.deepEqual(
      orders.map(([written, person]) => [pick(written), person]),
      [
        [{ ...order, dryRun: true }, 'alice'],
        [{ ...order, dryRun: false }, 'alice'],
      ],
    );
  });

  it('takes a person who operates, a reason, and a service that there is', async () => {
    assert.equal((await door.ask('norma', 'POST', path, { body: { reason } })).status, 403);
    assert.equal((await door.ask('alice', 'POST', path, { body: {} })).status, 400);
    const { status, body } = await door.ask('alice', 'POST', '/v1/services/shp/reconcile', { body: { reason } });
    assert.equal(status, 404);
    assert.match(String(body['detail']), /"shp" is not configured; known: /);
  });

  it('a rollback of a service of which the engine has forgotten what runs names the command', async () => {
    door.desk.find([ahead]);
    const { status, body } = await door.ask('alice', 'POST', '/v1/services/shop/rollback', { body: { reason } });
    assert.equal(status, 409);
    assert.match(String(body['detail']), /records know of .*: slipway reconcile shop/);
  });
});

describe('fault 5: slipway reconcile', () => {
  it('with --dry-run ends with 7 and says what it would restore, and what cannot be known', async () => {
    const { code, out } = await as('alice', 'reconcile', 'shop', '--reason', reason, '--dry-run');
    assert.equal(code, 7);
    assert.match(
      out,
      /would be restored:\n {2}production: 1\.1\.0.*cannot be known:\n {2}holds.*slipway reconcile shop/s,
    );
  });

  it('ends with 0 when it is done, and says where that is written down', async () => {
    const { code, out } = await as('alice', 'reconcile', 'shop', '--reason', reason);
    assert.equal(code, 0);
    assert.match(out, /^shop: the records know of .*\nrestored:\n.*recorded in logs\/recoveries\//s);
  });

  it('without a reason is a mistake on the command line; from who does not operate it is not let in', async () => {
    assert.equal((await as('alice', 'reconcile', 'shop')).code, 2);
    assert.equal((await as('norma', 'reconcile', 'shop', '--reason', reason)).code, 8);
  });

  it('status shows what is found first, with the command', async () => {
    door.desk.find([ahead]);
    const { out } = await as('alice', 'status', 'shop');
    assert.match(out, /^! shop: the records know of .*\n {2}slipway reconcile shop/);
  });
});

/** What of an order does not come from the configuration's figures. */
function pick(written: unknown): unknown {
  const { reviewWithin, ...order } = written as { readonly reviewWithin: number };
  assert.ok(reviewWithin > 0);
  return order;
}
