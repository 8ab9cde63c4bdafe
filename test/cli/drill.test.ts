import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { DrillOutcome } from '../../src/domain/drill.js';
import { eventually } from '../support/eventually.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const as = (person: string, ...args: string[]) =>
  slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

/** Begins a drill of the shop on the command line, lets it end like this, and answers how the command ended. */
async function drilled(how: Pick<DrillOutcome, 'kind' | 'reason'>, ...args: string[]) {
  const command = as('alice', 'drill', 'shop', ...args);
  const { environment } = await eventually('the drill has begun', async () => {
    const { body } = await door.ask('alice', 'GET', '/v1/services/shop');
    return body['drill'] as { readonly environment: string } | undefined;
  });
  const record = { path: 'artifacts/integration/drill-20261124T090000Z/drill.json', hash: 'a'.repeat(64) };
  const outcome = { ...how, environment, by: 'alice', at: tuesday, record };
  door.desk.stand({ service: 'shop', running: {}, queue: [], latest: [], drilled: outcome });
  return { ...(await command), environment };
}

describe('slipway drill', () => {
  it('rehearses before production unless said, waits for the end, and says what it has shown and where', async () => {
    const { code, out, err, environment } = await drilled({ kind: 'passed', reason: 'shop went back within 1 s' });
    assert.deepEqual([code, environment], [0, 'staging']);
    assert.match(err, /rehearsing in staging/);
    assert.match(
      out,
      /^passed: shop went back within 1 s\n {2}artifacts\/integration\/drill-20261124T090000Z\/drill\.json/,
    );
  });

  it('that has failed ends with 1, one that was refused with 4', async () => {
    assert.equal((await drilled({ kind: 'failed', reason: '3 of 100 requests failed' })).code, 1);
    assert.equal((await drilled({ kind: 'refused', reason: 'nothing runs' }, '--environment', 'dev')).code, 4);
  });

  it('for programs is the service as JSON', async () => {
    const { out } = await drilled({ kind: 'passed', reason: 'went back' }, '--json');
    assert.equal((JSON.parse(out) as { drilled: DrillOutcome }).drilled.reason, 'went back');
  });

  for (const [what, by, args, code, says] of [
    ['an unknown service', 'alice', ['shp'], 5, /shp/],
    ['an unknown environment', 'alice', ['shop', '--environment', 'prod'], 2, /"prod".*dev, staging, production/s],
    ['a number that is none', 'alice', ['shop', '--requests', 'many'], 2, /a number from 1 to 200/],
    ['production, by who does not answer for it', 'alice', ['shop', '--environment', 'production'], 8, /service-owner/],
    ['somebody who does not operate', 'norma', ['shop'], 8, /to rehearse a rollback takes one of/],
  ] as const)
    it(`of ${what} ends with ${code} and says why`, async () => {
      const { code: met, err } = await as(by, 'drill', ...args);
      assert.equal(met, code, err);
      assert.match(err, says);
    });
});
