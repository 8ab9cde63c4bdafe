import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createCustomers } from '../../src/adapters/notify/customers.js';
import { customers as lookedFor } from '../../src/cli/doctor-notices.js';
import { aFile, configOf } from '../config/support.js';

const environments =
  '{ dev: { tier: development }, staging: { tier: staging }, production: { tier: production, customers: { notice: 24h, webhook: { env: CUSTOMERS } } } }';
const notice = { key: 'customers/change-20261126-01/production', text: 'Maintenance: shop 1.1.0 will be deployed.' };

describe('customers of an environment', () => {
  const heard: { readonly key: unknown; readonly body: string }[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      heard.push({ key: request.headers['idempotency-key'], body });
      response.writeHead(status).end();
    });
  });
  let address = '';
  before(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  after(() => server.close());

  const customers = async (variables: Readonly<Record<string, string>>) =>
    createCustomers({ config: await configOf(aFile({ environments })), variables });

  it('are told by the webhook that the reference leads to, and that has taken it when the call returns', async () => {
    await (await customers({ CUSTOMERS: address })).tell('production', notice);
    assert.deepEqual(heard, [{ key: notice.key, body: JSON.stringify({ text: notice.text }) }]);
  });

  it('are not told where it is not taken', async () => {
    status = 503;
    await assert.rejects((await customers({ CUSTOMERS: address })).tell('production', notice), /answered 503/);
  });

  const unknown: readonly (readonly [says: string, variables: Record<string, string>, wanted: RegExp])[] = [
    ['no address', {}, /^Error: environment variable CUSTOMERS: met nothing; wanted an address/],
    ['something else', { CUSTOMERS: 'hunter2' }, /^Error: environment variable CUSTOMERS: met something else; wanted/],
  ];
  for (const [says, variables, wanted] of unknown)
    it(`are not told where the reference leads to ${says}, in words that do not hold it`, async () => {
      await assert.rejects((await customers(variables)).tell('production', notice), (fault: Error) => {
        assert.doesNotMatch(String(fault), /hunter2/);
        return wanted.test(String(fault));
      });
    });

  it('are looked for by `slipway doctor`, which tells the host alone and calls nobody', async () => {
    const before = heard.length;
    const config = await configOf(aFile({ environments }));
    const [found] = await lookedFor(config, { CUSTOMERS: 'https://hooks.example.org/T0K3N' });
    assert.deepEqual(found, { what: 'customers of production', well: true, found: 'are told at hooks.example.org' });
    const [missing] = await lookedFor(config, {});
    assert.equal(missing?.well, false);
    assert.match(missing.found, /^environment variable CUSTOMERS: met nothing; wanted an address/);
    assert.equal(heard.length, before);
  });

  it('are not told in an environment that says nothing of them', async () => {
    await assert.rejects((await customers({})).tell('dev', notice), /environments\.dev\.customers says nothing/);
  });
});
