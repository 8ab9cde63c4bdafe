import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { openShopDatabases, type ShopDatabases } from '../../src/demo/databases.js';
import { findServer, startCluster } from '../../src/demo/postgres.js';
import { createPromises } from '../../src/demo/promises.js';
import { demoConfig, environments, makeSampleShop } from '../../src/demo/sample-shop.js';
import { temporaryDirectory } from '../build/repository.js';
import { query, withoutPostgres } from '../support/postgres.js';
import { buildShop, startShop } from './a-running-shop.js';

const directory = temporaryDirectory();
const repository = join(directory, 'shop');

describe('the data of the sample shop', { skip: withoutPostgres }, () => {
  let databases: ShopDatabases;
  let config: Config;
  let address: string;
  before(async () => {
    const opened = await openShopDatabases({ folder: join(directory, 'secrets'), environments, env: process.env });
    assert.ok(!('missing' in opened), 'missing' in opened ? opened.missing : '');
    databases = opened;
    address = databases.addressIn('production');
    await makeSampleShop(repository);
    await writeFile(join(directory, 'slipway.yml'), demoConfig({ repository, databases }));
    const loaded = await loadConfig(join(directory, 'slipway.yml'));
    assert.ok(loaded.ok, JSON.stringify(loaded));
    config = loaded.config;
  });
  after(() => databases.end());

  it('is in a database of each environment, whose password no configuration holds', () => {
    assert.deepEqual(Object.keys(config.services['shop']?.database?.url ?? {}), ['dev', 'staging', 'production']);
    const text = readFileSync(join(directory, 'slipway.yml'), 'utf8');
    for (const environment of environments)
      assert.ok(!text.includes(new URL(databases.addressIn(environment)).password), environment);
    assert.equal(new Set(environments.map((name) => databases.addressIn(name))).size, 3);
  });

  it('is forth and back with 1.3.0: whatever customers were promised is there, greetings too', async () => {
    const promises = createPromises();
    await script('0001-orders.sql');
    const former = await started('v1.1.0');
    await order(former, { voucher: 'WELCOME10', greeting: 'not heard of' });
    await script('0002-greetings.sql');
    const latter = await started('v1.3.0');
    await order(former, {});
    const id = await order(latter, { greeting: 'Enjoy!' });
    await order(latter, {});
    assert.equal((await promises.compare(address)).intact, false, 'greetings are in a column of their own');
    await script('0002-greetings-back.sql');
    assert.deepEqual(await promises.compare(address), { intact: true, promised: 4, kept: 4, inNewForm: 1 });
    const shown = (await (await fetch(`${former}/orders/${id}`)).json()) as { readonly greeting: string };
    assert.equal(shown.greeting, 'Enjoy!');
    await query(address, 'update orders set details = details || \'{"greeting": "!"}\' where details ? \'greeting\'');
    assert.deepEqual(await promises.compare(address), { intact: false, promised: 4, kept: 3, inNewForm: 1 });
    await query(address, 'delete from orders');
    assert.deepEqual(await promises.compare(address), { intact: false, promised: 4, kept: 0, inNewForm: 1 });

    async function order(url: string, more: object): Promise<string> {
      const body = JSON.stringify({ items: [{ product: 'assam', quantity: 1 }], ...more });
      const answer = await fetch(`${url}/orders`, { method: 'POST', body });
      assert.equal(answer.status, 201);
      const text = await answer.text();
      promises.hear(text);
      return (JSON.parse(text) as { readonly id: string }).id;
    }
  });

  const script = (name: string) => query(address, readFileSync(join(repository, 'db', name), 'utf8'));

  async function started(ref: string): Promise<string> {
    const { archive } = await buildShop(config, directory, ref);
    return (await startShop(archive, directory, config.services['shop']?.stages['production']?.variables)).url;
  }
});

describe('a private PostgreSQL', () => {
  it('is looked for where Debian keeps it and on PATH, and found with all its programs only', async () => {
    const empty = temporaryDirectory();
    assert.equal(await findServer({ PATH: empty }, join(empty, 'none')), undefined);
    for (const program of ['initdb', 'postgres', 'pg_dump']) await writeFile(join(empty, program), '');
    assert.equal(await findServer({ PATH: `:${empty}` }, join(empty, 'none')), undefined);
    await writeFile(join(empty, 'pg_restore'), '');
    assert.equal(await findServer({ PATH: `:${empty}` }, join(empty, 'none')), empty);
  });

  it('that does not start leaves no folder behind', async () => {
    await assert.rejects(startCluster(join(directory, 'no-such-programs')));
    const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith(`slipway-pg-${process.pid}-`));
    assert.deepEqual(await left(), []);
  });
});
