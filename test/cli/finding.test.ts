import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createTokens } from '../../src/adapters/identity/tokens.js';
import { createIdentity } from '../../src/http/identity.js';
import { writeRunFile } from '../../src/start/run-file.js';
import { aConfig, type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

let folder: string;
let door: FrontDoor;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const dataDir = join(folder, '.slipway');
  await mkdir(dataDir);
  const tokens = createTokens({ dataDir });
  await tokens.ensureOperator();
  door = await openFrontDoor({ identity: createIdentity({ tokens, config: aConfig() }) });
});
after(async () => {
  await door.close();
  await rm(folder, { recursive: true });
});

const here = (args: readonly string[], env = {}) => slipway(args, { cwd: folder, env });
const run = () => ({ url: door.url, address: '127.0.0.1:7233', namespace: 'default', startedAt: tuesday });

describe('Where the command line finds Slipway', () => {
  it('beside slipway.yml, with the token of the operator', async () => {
    await writeRunFile(join(folder, '.slipway'), run());
    assert.equal((await here(['status'])).code, 0);
    assert.equal((await here(['release', 'shop', '1.1.0'])).code, 0);
    assert.equal(door.desk.submissions[0]?.request.requester.person, 'operator');
  });

  it('where --url and --token-file say, from anywhere', async () => {
    const tokenFile = join(folder, '.slipway', 'operator-token');
    const { code } = await slipway(['status', '--url', `${door.url}/`, '--token-file', tokenFile], { cwd: tmpdir() });
    assert.equal(code, 0);
  });

  it('or says that nothing answers there, and what to do', async () => {
    const { code, err } = await here(['status'], { SLIPWAY_URL: 'http://127.0.0.1:1' });
    assert.deepEqual([code, err], [6, 'no Slipway answers at http://127.0.0.1:1; start one with `slipway start`']);
  });

  it('without a token says how to come by one', async () => {
    const { code, err } = await slipway(['status', '--url', door.url], { cwd: tmpdir() });
    assert.equal(code, 8);
    assert.match(err, /slipway token PERSON/);
  });

  it('somebody else who answers there is not taken for Slipway', async () => {
    const { code, err } = await here(['status'], { SLIPWAY_URL: `${door.url}/metrics?` });
    assert.notEqual(code, 0);
    assert.notEqual(err, '');
  });
});

describe('slipway token', () => {
  before(async () => {
    await rm(join(folder, 'slipway.yml'), { force: true });
    assert.equal((await here(['init'])).code, 0);
  });

  it('lets a person in, and out again', async () => {
    const { out: token } = await here(['token', 'grace']);
    assert.match(token, /^slw_[\w-]{43}$/);
    const env = { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: token };
    assert.equal((await here(['status'], env)).code, 0);
    assert.equal((await here(['token', 'grace', '--revoke'])).code, 0);
    assert.equal((await here(['status'], env)).code, 8);
    assert.ok(!(await readFile(join(folder, '.slipway', 'tokens.json'), 'utf8')).includes('grace'));
  });

  it('knows only people of the configuration', async () => {
    const { code, err } = await here(['token', 'zoe']);
    assert.equal(code, 5);
    assert.match(err, /alice, grace, oscar/);
  });

  it('with a configuration that makes no sense says what is wrong with it', async () => {
    await writeFile(join(folder, 'bad.yml'), 'version: 2\n');
    const { code, err } = await here(['token', 'grace', '--config', 'bad.yml']);
    assert.equal(code, 2);
    assert.match(err, /bad\.yml:1:10/);
  });
});

describe('slipway audit verify', () => {
  it('says whether the records are as they were written', async () => {
    const { code, out } = await here(['audit', 'verify']);
    assert.equal(code, 0);
    assert.match(out, /the chain holds/);
    const json = JSON.parse((await here(['audit', 'verify', '--json'])).out) as { verified: boolean };
    assert.equal(json.verified, true);
  });
});

describe('The command line itself', () => {
  const verbs = ['plan', 'release', 'watch', 'status', 'approve', 'reject', 'rollback', 'retry', 'token'];
  for (const verb of verbs)
    it(`${verb} --help has examples and exit codes`, async () => {
      const { code, out } = await here([verb, '--help']);
      assert.equal(code, 0);
      assert.match(out, /Examples:/);
      assert.match(out, /Exit codes:/);
      assert.match(out, /--json/);
    });

  for (const args of [['nothing'], ['release'], ['status', '--nothing'], ['watch']])
    it(`"slipway ${args.join(' ')}" is a mistake of the caller: 2`, async () => {
      const { code, out } = await here(args);
      assert.deepEqual([code, out], [2, '']);
    });

  it('knows its version', async () => assert.match((await here(['--version'])).out, /^\d+\.\d+\.\d+/));
});
