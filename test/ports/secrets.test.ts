import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createMemorySecrets } from '../../src/adapters/memory/secrets.js';
import { createSecrets } from '../../src/adapters/secrets/secrets.js';
import type { KnownSecret } from '../../src/domain/secret.js';
import type { Secrets } from '../../src/ports/secrets.js';
import { aConfig } from '../support/front-door.js';

/** Opens what finds these values, by the name of the secret. */
type Open = (values: Readonly<Record<string, string>>) => Promise<Secrets>;

/** `STAGING` and `PRODUCTION` are variables of their environment's workers, `customers.txt` a file of the house. */
function secretsSuite(name: string, open: Open): void {
  describe(`secrets: ${name}`, () => {
    it('are known by name, with who reads them for what', async () => {
      const { known } = await open({});
      assert.deepEqual(
        known.map(({ name: secret, kind, uses }) => [secret, kind, uses.map(({ reader }) => reader)]),
        [
          ['STAGING', 'env', ['environment/staging']],
          ['PRODUCTION', 'env', ['environment/production']],
          ['customers.txt', 'file', ['house']],
        ],
      );
    });

    it('have the same fingerprint for the same value, and another for another', async () => {
      const [one, same, other] = await Promise.all(
        ['one', 'one', 'two'].map(async (value) =>
          (await open({ PRODUCTION: value })).fingerprints('environment/production'),
        ),
      );
      assert.match(one?.['PRODUCTION'] ?? '', /^[0-9a-f]{8}:[0-9a-f]{32}$/);
      assert.deepEqual(one, same);
      assert.notDeepEqual(one, other);
    });

    it('of one value under two names cannot be told to be the same', async () => {
      const secrets = await open({ STAGING: 'one', PRODUCTION: 'one' });
      const staging = await secrets.fingerprints('environment/staging');
      const production = await secrets.fingerprints('environment/production');
      assert.notEqual(staging['STAGING'], production['PRODUCTION']);
    });

    it('are told to their own readers alone', async () => {
      const secrets = await open({ STAGING: 'one', PRODUCTION: 'two', 'customers.txt': 'three' });
      assert.deepEqual(Object.keys(await secrets.fingerprints('environment/production')), ['PRODUCTION']);
      assert.deepEqual(Object.keys(await secrets.fingerprints('house')), ['customers.txt']);
      assert.deepEqual(await secrets.fingerprints('front-door'), {});
    });

    it('that are not there, or empty, are left out', async () => {
      const secrets = await open({ PRODUCTION: '' });
      assert.deepEqual(await secrets.fingerprints('environment/production'), {});
      assert.deepEqual(await secrets.fingerprints('house'), {});
    });
  });
}

const use = (purpose: string, reader: KnownSecret['uses'][number]['reader']) => ({ purpose, reader });
const known: readonly KnownSecret[] = [
  { name: 'STAGING', kind: 'env', uses: [use('database of shop in staging', 'environment/staging')] },
  { name: 'PRODUCTION', kind: 'env', uses: [use('database of shop in production', 'environment/production')] },
  { name: 'customers.txt', kind: 'file', uses: [use('where customers of production are told', 'house')] },
];
secretsSuite('in memory', (values) => {
  const secrets = createMemorySecrets(known);
  for (const [name, value] of Object.entries(values)) secrets.values.set(name, value);
  return Promise.resolve(secrets);
});

const folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
after(() => rm(folder, { recursive: true, force: true }));
const dataDir = join(folder, 'data');

secretsSuite('of a configuration', async ({ 'customers.txt': customers, ...variables }) => {
  const path = join(folder, 'customers.txt');
  if (customers === undefined) await rm(path, { force: true });
  else await writeFile(path, customers);
  return createSecrets({ config: aConfigWithSecrets(path), dataDir, variables });
});

function aConfigWithSecrets(path: string) {
  const config = aConfig();
  const url = { staging: { kind: 'env', name: 'STAGING' }, production: { kind: 'env', name: 'PRODUCTION' } } as const;
  const limits = { dumpTimeout: 1, statementTimeout: 1, lockTimeout: 1, keepBackups: 1 };
  const database = { migration: 'migration.yml', url, scratch: {}, ...limits };
  const customers = { kind: 'file', path, written: 'customers.txt' } as const;
  return {
    ...config,
    services: { ...config.services, shop: { ...config.services['shop']!, database } },
    environments: config.environments.map((environment) =>
      environment.name === 'production'
        ? { ...environment, calendar: { windows: [], freezes: [], exceptions: [], customers } }
        : environment,
    ),
  } as unknown as Parameters<typeof createSecrets>[0]['config'];
}

describe('secrets: the key of their fingerprints', () => {
  it('is for its own user alone, and no value is written anywhere', async () => {
    const value = 'postgres://shop:a-planted-value@db/shop';
    const config = aConfigWithSecrets(join(folder, 'none'));
    const print = await createSecrets({ config, dataDir, variables: { PRODUCTION: value } }).fingerprints(
      'environment/production',
    );
    assert.equal((await stat(join(dataDir, 'secrets.key'))).mode & 0o777, 0o600);
    for (const file of await readdir(dataDir)) {
      const bytes = await readFile(join(dataDir, file), 'latin1');
      assert.ok(!bytes.includes('planted') && !bytes.includes(print['PRODUCTION'] ?? 'none'), file);
    }
  });
});
