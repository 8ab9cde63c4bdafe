import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { minutes, seconds } from '../../src/domain/duration.js';
import { eventually } from '../support/eventually.js';
import { aConfig, type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

const reference = { kind: 'env', name: 'SHOP_DATABASE_URL' } as const;
const database = {
  ...{ migration: 'migration.yml', url: { staging: reference, production: reference }, scratch: {} },
  ...{ dumpTimeout: minutes(1), statementTimeout: minutes(1), lockTimeout: seconds(1), keepBackups: minutes(1) },
};
const proof = { at: tuesday, tables: 2, rows: 93, bytes: 4_096, dumpMs: 800, restoreMs: 1_200 };
const path = '/v1/services/shop/restore-tests';

let door: FrontDoor;
beforeEach(async () => {
  const config = aConfig();
  const shop = { ...config.services['shop']!, database };
  door = await openFrontDoor({ config: { ...config, services: { ...config.services, shop } } });
});
afterEach(() => door.close());

/** The shop has a database in staging and production, the cart has none. */
describe('a rehearsed restore at the front door', () => {
  it('is none before anybody has asked, then running, then what came of it', async () => {
    assert.equal((await door.ask('norma', 'GET', path)).body['state'], 'none');
    const begun = await door.ask('alice', 'POST', path, { body: {} });
    assert.deepEqual([begun.status, begun.body['state'], begun.body['environment']], [202, 'running', 'production']);
    assert.equal((await door.ask('alice', 'POST', path, { body: {} })).status, 409);
    assert.equal((await door.ask('alice', 'POST', path, { body: { environment: 'staging' } })).status, 202);
    assert.deepEqual(
      door.desk.rehearsed.map(({ environment, practice }) => [environment, practice]),
      [
        ['production', undefined],
        ['staging', true],
      ],
    );
    door.desk.restored({ service: 'shop', environment: 'production', state: 'passed', proof });
    assert.deepEqual((await door.ask('norma', 'GET', path)).body['proof'], proof);
  });

  for (const [says, by, at, body, status, wanted] of [
    ['somebody who does not operate', 'norma', path, {}, 403, /to rehearse a restore takes one of/],
    ['a service without a database', 'alice', path.replace('shop', 'cart'), {}, 422, /services\.cart\.database/],
    ['an environment without one', 'alice', path, { environment: 'dev' }, 422, /one of staging, production/],
    ['an unknown service', 'alice', path.replace('shop', 'shp'), {}, 404, /known: shop, cart/],
  ] as const)
    it(`for ${says} is refused, with what is wanted`, async () => {
      const answered = await door.ask(by, 'POST', at, { body });
      assert.equal(answered.status, status, answered.text);
      assert.match(String(answered.body['detail']), wanted);
    });
});

describe('slipway restore-test', () => {
  const as = (person: string, ...args: string[]) =>
    slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

  for (const [end, code, says] of [
    [{ state: 'passed', proof }, 0, /^passed: 2 tables with 93 rows, 4096 bytes; dumped in 800 ms, restored in 1\.2 s/],
    [{ state: 'failed', reason: 'it does not restore' }, 1, /^failed: it does not restore/],
  ] as const)
    it(`waits for the end, and ends with ${code} where it has ${end.state}`, async () => {
      const command = as('alice', 'restore-test', 'shop');
      await eventually('it has begun', async () =>
        (await door.ask('alice', 'GET', path)).body['state'] === 'running' ? true : undefined,
      );
      door.desk.restored({ service: 'shop', environment: 'production', ...end });
      const met = await command;
      assert.equal(met.code, code);
      assert.match(met.out, says);
    });

  it('of a service without a database ends with 2', async () => {
    assert.equal((await as('alice', 'restore-test', 'cart')).code, 2);
  });
});
