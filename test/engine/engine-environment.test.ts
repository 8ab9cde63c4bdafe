import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { engineFromEnvironment } from '../../src/adapters/temporal/engine-environment.js';
import { queryLink, workflowLink } from '../../src/adapters/temporal/ui-links.js';
import { temporaryFolder } from './support/temporary.js';

describe('Which engine is meant', () => {
  it('is the embedded one while no cluster is named', () => {
    for (const env of [{}, { TEMPORAL_ADDRESS: '' }, { TEMPORAL_NAMESPACE: 'releases' }])
      assert.equal(engineFromEnvironment(env), undefined);
  });

  it('is the cluster at TEMPORAL_ADDRESS', () => {
    assert.deepEqual(engineFromEnvironment({ TEMPORAL_ADDRESS: 'temporal:7233' }), {
      kind: 'external',
      connection: { address: 'temporal:7233' },
      namespace: 'default',
    });
  });

  it('has namespace, key, metadata and UI from the environment too', () => {
    const engine = engineFromEnvironment({
      TEMPORAL_ADDRESS: 'eu-west-1.aws.api.temporal.io:7233',
      TEMPORAL_NAMESPACE: 'shop.a1b2c',
      TEMPORAL_API_KEY: 'secret',
      TEMPORAL_GRPC_META_TENANT: 'shop',
    });
    assert.deepEqual(engine, {
      kind: 'external',
      connection: {
        address: 'eu-west-1.aws.api.temporal.io:7233',
        tls: true,
        apiKey: 'secret',
        metadata: { tenant: 'shop' },
      },
      namespace: 'shop.a1b2c',
      uiUrl: 'https://cloud.temporal.io',
    });
    const env = { TEMPORAL_ADDRESS: 'temporal:7233', SLIPWAY_TEMPORAL_UI: 'https://ui.shop.test/' };
    assert.equal(engineFromEnvironment(env)?.uiUrl, 'https://ui.shop.test');
  });

  it('has its certificates from files', async (t) => {
    const folder = await temporaryFolder(t);
    const file = async (name: string): Promise<string> => {
      await writeFile(join(folder, name), name);
      return join(folder, name);
    };
    const engine = engineFromEnvironment({
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_TLS_CLIENT_CERT_PATH: await file('crt'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: await file('key'),
    });
    const tls = engine?.connection.tls as { readonly clientCertPair: Readonly<Record<string, Uint8Array>> };
    assert.equal(Buffer.from(tls.clientCertPair['key']!).toString(), 'key');
  });

  it('is read from a profile when one is named, and not when it merely lies there', async (t) => {
    const file = join(await temporaryFolder(t), 'temporal.toml');
    await writeFile(file, '[profile.team]\naddress = "team:7233"\nnamespace = "shop"\n');
    const engine = engineFromEnvironment({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'team' });
    assert.deepEqual([engine?.connection.address, engine?.namespace], ['team:7233', 'shop']);
    assert.throws(() => engineFromEnvironment({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'other' }), /other/);
    assert.throws(() => engineFromEnvironment({ TEMPORAL_CONFIG_FILE: file }), /none of them names an address/);

    const home = dirname(file);
    await mkdir(join(home, 'temporalio'));
    await writeFile(join(home, 'temporalio', 'temporal.toml'), '[profile.default]\naddress = "a:1"\napi_key = "k"\n');
    const lying = { XDG_CONFIG_HOME: home, HOME: home };
    assert.equal(engineFromEnvironment(lying), undefined);
    assert.deepEqual(engineFromEnvironment({ ...lying, TEMPORAL_ADDRESS: 'b:1' })?.connection, { address: 'b:1' });
  });

  it('is asked for when only its credentials are given', () => {
    for (const name of ['TEMPORAL_API_KEY', 'TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS'])
      assert.throws(
        () => engineFromEnvironment({ [name]: 'x' }),
        new RegExp(`${name} is set, .* set TEMPORAL_ADDRESS`),
      );
  });
});

describe('Links into the Temporal UI', () => {
  const place = { uiUrl: 'http://127.0.0.1:8233', namespace: 'default' };

  it('lead to a workflow, whatever its id holds', () => {
    assert.equal(
      workflowLink({ ...place, workflowId: 'release/shop/change-20261124-01' }),
      'http://127.0.0.1:8233/namespaces/default/workflows/release%2Fshop%2Fchange-20261124-01',
    );
    assert.equal(
      workflowLink({ ...place, workflowId: 'service/shop', runId: 'r1' }),
      'http://127.0.0.1:8233/namespaces/default/workflows/service%2Fshop/r1/history',
    );
  });

  it('lead to the list of all that have certain search attributes', () => {
    const link = queryLink({ ...place, attributes: { SlipwayService: 'the "shop"', SlipwayState: 'stuck' } });
    assert.equal(new URL(link).searchParams.get('query'), 'SlipwayService="the \\"shop\\"" AND SlipwayState="stuck"');
  });
});
