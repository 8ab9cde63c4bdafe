import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Finding } from '../../src/domain/finding.js';
import type { DriftView } from '../../src/http/routes/drift.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const moved: Finding = {
  kind: 'flag-moved',
  ...{ service: 'shop', environment: 'production', about: 'new-checkout', since: tuesday },
  ...{ text: 'the flag new-checkout in production is on', command: 'slipway flag set new-checkout off' },
};

const found = (body: unknown) => (body as DriftView).drift.map((of) => `${of.environment} ${of.findings.length}`);

const as = (person: string, ...args: string[]) =>
  slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

describe('drift at the front door', () => {
  it('is looked for in every environment, or in one', async () => {
    door.desk.find([moved]);
    const all = await door.ask('norma', 'GET', '/v1/drift');
    assert.deepEqual([all.status, found(all.body)], [200, ['dev 0', 'staging 0', 'production 1']]);
    const one = await door.ask('norma', 'GET', '/v1/drift?environment=production');
    assert.deepEqual(found(one.body), ['production 1']);
  });

  it('is told by who operates', async () => {
    const body = { environment: 'production' };
    assert.equal((await door.ask('alice', 'POST', '/v1/drift', { body })).status, 200);
    assert.equal((await door.ask('norma', 'POST', '/v1/drift', { body })).status, 403);
  });

  it('in an environment that is not there is not found, and those that are there are named', async () => {
    const { status, body } = await door.ask('alice', 'GET', '/v1/drift?environment=prod');
    assert.equal(status, 404);
    assert.match(String(body['detail']), /"prod"; known: dev, staging, production/);
  });
});

describe('slipway drift', () => {
  it('ends with 0 where all is as recorded, and with 7 where somebody must look', async () => {
    assert.equal((await as('norma', 'drift')).code, 0);
    door.desk.find([moved]);
    const { code, out } = await as('norma', 'drift');
    assert.equal(code, 7);
    assert.match(
      out,
      /dev: as recorded\n.*production: 1 to look at\n! the flag new-checkout .*\n {2}slipway flag set/s,
    );
  });

  it('for programs is one JSON object', async () => {
    const { out } = await as('alice', 'drift', '--environment', 'dev', '--tell', '--json');
    assert.deepEqual(found(JSON.parse(out)), ['dev 0']);
  });

  it('of an environment that is not there ends with 5', async () => {
    assert.equal((await as('alice', 'drift', '--environment', 'prod')).code, 5);
  });
});
