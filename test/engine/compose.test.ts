import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { parse } from 'yaml';
import { tellPrometheus } from '../../src/adapters/local/host/targets.js';
import { temporaryFolder } from './support/temporary.js';

/** The tests run in the folder of package.json. */
const file = 'docker-compose.yml';

interface Service {
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** As it is written: before anything is filled in. */
interface Wired extends Service {
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly unknown[];
}

interface Job {
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  readonly file_sd_configs?: readonly { readonly files: readonly string[] }[];
}

interface Composed {
  readonly services: Readonly<Record<string, Service>>;
}

describe('The compose file for a team', () => {
  it('is valid, and joins database, engine, front door and one worker for each environment', async (t) => {
    const version = await execa('docker', ['compose', 'version'], { reject: false });
    if (version.failed) {
      t.skip('docker compose is not installed here: the compose file was read, but not checked by it');
      return;
    }
    const folder = await temporaryFolder(t);
    const { services } = await composed({ SLIPWAY_GOVERNANCE: folder, POSTGRES_PASSWORD: 'made-up' });
    assert.deepEqual(Object.keys(services).sort(), parts);
    assert.deepEqual(services['production']?.command?.slice(-2), ['--environment', 'production']);
    assert.equal(services['temporal']?.depends_on?.['temporal-schema']?.condition, 'service_completed_successfully');
    assert.equal(services['temporal'].environment?.['POSTGRES_PWD'], 'made-up');
  });

  it('gives no environment the secrets of another', async (t) => {
    if ((await execa('docker', ['compose', 'version'], { reject: false })).failed) {
      t.skip('docker compose is not installed here: who is given which secret was not checked');
      return;
    }
    const project = await temporaryFolder(t);
    await mkdir(join(project, '.slipway'));
    for (const name of ['house', 'front-door', 'dev', 'staging', 'production'])
      await writeFile(join(project, '.slipway', `${name}.env`), `SECRET_OF=${name}\n`);
    const known = { SLIPWAY_GOVERNANCE: project, POSTGRES_PASSWORD: 'made-up' };
    const { services } = await composed(known, ['--project-directory', project]);
    const secrets = Object.entries(services).map(([name, { environment = {} }]) => [name, environment['SECRET_OF']]);
    for (const [name, secret] of secrets.filter(([, secret]) => secret !== undefined)) assert.equal(secret, name);
    assert.equal(secrets.filter(([, secret]) => secret !== undefined).length, 5);
  });

  it('has its Prometheus read everything, the lanes by the very files that their hosts write', async (t) => {
    const { services } = parse(await readFile(file, 'utf8'), { merge: true }) as {
      readonly services: Readonly<Record<string, Wired>>;
    };
    const { network_mode: network, volumes = [], command = [] } = services['prometheus'] ?? {};
    assert.equal(network, 'host');
    assert.equal(services['production']?.network_mode, 'host', 'where the lanes listen');
    assert.ok(command.includes('--web.listen-address=127.0.0.1:9090'), 'and no other machine reaches it');
    const published = Object.values(services).flatMap(({ ports = [] }) =>
      ports.map((port) => port.replace(/:\d+$/, '')),
    );
    const shipped = await readFile('.config/compose/prometheus.yml', 'utf8');
    const { scrape_configs: jobs } = parse(shipped) as { readonly scrape_configs: readonly Job[] };
    for (const target of jobs.flatMap(({ static_configs: some = [] }) => some.flatMap(({ targets }) => targets)))
      assert.ok(published.includes(target), `${target} is not published on this machine`);
    const [files = ''] = jobs.flatMap(({ file_sd_configs: some = [] }) => some.flatMap((one) => one.files));
    assert.ok(volumes.includes(`lanes:${dirname(files)}:ro`), files);
    const { volumes: ofWorker = [], environment } = services['production'];
    assert.ok(ofWorker.includes(`lanes:${environment?.['SLIPWAY_DATA'] ?? ''}/prometheus`));
    const folder = await temporaryFolder(t);
    await tellPrometheus({ folder: join(folder, 'hosts/production'), environment: 'production', port: 4711 });
    const told = await readFile(join(folder, 'prometheus/production.json'), 'utf8');
    assert.deepEqual(JSON.parse(told), [{ targets: ['127.0.0.1:4711'], labels: {} }]);
    const { failed, stdout } = await execa('promtool', ['check', 'config', '.config/compose/prometheus.yml'], {
      reject: false,
    });
    if (stdout !== '') assert.equal(failed, false, stdout);
  });

  it('holds no password, and opens nothing to other machines', async () => {
    const { services } = parse(await readFile(file, 'utf8'), { merge: true }) as {
      readonly services: Readonly<
        Record<string, { readonly environment?: Record<string, unknown>; readonly ports?: string[] }>
      >;
    };
    assert.deepEqual(Object.keys(services).sort(), parts);
    for (const [name, { environment = {}, ports = [] }] of Object.entries(services)) {
      for (const [variable, value] of Object.entries(environment))
        if (/PASSWORD|PWD|TOKEN|SECRET|KEY/.test(variable))
          assert.match(String(value), /^\$\{\w+:\?/, `${name}: ${variable} is written down`);
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `${name} is open to other machines`);
    }
  });
});

const parts = [
  ...['dev', 'front-door', 'house', 'postgresql', 'production', 'prometheus'],
  ...['staging', 'temporal', 'temporal-schema', 'temporal-ui'],
];

async function composed(env: Record<string, string>, options: readonly string[] = []): Promise<Composed> {
  const args = ['compose', '--file', file, ...options, 'config', '--format', 'json'];
  return JSON.parse((await execa('docker', args, { env })).stdout) as Composed;
}
