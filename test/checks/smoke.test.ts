import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';
import { createSmoke } from '../../src/adapters/checks/smoke.js';
import type { SmokeCheck } from '../../src/config/config.js';
import { Refused } from '../../src/domain/failure.js';
import { aConfig, temporaryDirectory } from '../build/repository.js';
import { aDeadAddress, aService } from './a-service.js';

type HttpCheck = SmokeCheck & { readonly kind: 'http' };

const get = (path: string, more: Partial<HttpCheck> = {}): HttpCheck => ({
  kind: 'http',
  name: path,
  method: 'GET',
  path,
  headers: {},
  status: 200,
  ...more,
});

const command = (run: string): SmokeCheck => ({ kind: 'command', name: 'script', run });

const directory = temporaryDirectory();

const run = (url: string, ...smoke: readonly SmokeCheck[]) =>
  createSmoke({
    config: aConfig({ smoke }),
    directory,
    variables: { ...process.env, SLIPWAY_TOKEN: 'secret' },
    now: () => new Date('2026-11-24T03:00:00Z'),
  }).run({ service: 'shop', environment: 'staging', url });

const shop = await aService((request, response) => {
  if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
  else if (request.url === '/broken') response.writeHead(500).end('out of tea\nand of coffee');
  else if (request.url === '/hangs') response.write('...');
  else if (request.url === '/endless') endless(response);
  else if (request.method === 'POST') request.pipe(response.writeHead(201));
  else response.end(`the shop, for ${request.headers['authorization'] ?? 'anybody'}`);
});

function endless(response: { write(chunk: string, done: () => void): boolean; destroyed: boolean }): void {
  if (!response.destroyed) response.write('tea '.repeat(4_096), () => endless(response));
}

describe('HTTP checks', () => {
  it('every check is run, with one line of time, verdict, name, met and wanted', async () => {
    const { verdict, log } = await run(shop, get('/'), get('/broken'), get('/', { contains: 'coffee' }));
    assert.equal(verdict.kind, 'fail');
    assert.equal(verdict.reason, 'smoke check "/broken": GET /broken met 500 "out of tea\\nand of coffee", wanted 200');
    const lines = log.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /^2026-11-24T03:00:00\.000Z pass "\/": GET \/ met 200, wanted 200 \(\d+ ms\)$/);
    assert.match(lines[1] ?? '', /fail "\/broken": GET \/broken met 500/);
    assert.match(lines[2] ?? '', /fail "\/": GET \/ met 200 "the shop, for anybody", wanted 200 with "coffee"/);
  });

  it('all that pass make a pass', async () => {
    const order = get('/orders', { method: 'POST', body: '{"tea":1}', status: 201, contains: '"tea":1' });
    const { verdict } = await run(shop, get('/', { contains: 'shop' }), order, get('/broken', { status: 500 }));
    assert.deepEqual(verdict, { kind: 'pass', reason: '3 of 3 checks passed' });
  });

  it('a redirect is an answer of its own and is not followed', async () => {
    assert.match((await run(shop, get('/elsewhere'))).verdict.reason, /met 302/);
    assert.equal((await run(shop, get('/elsewhere', { status: 302 }))).verdict.kind, 'pass');
  });

  it('headers are sent and never written down', async () => {
    const secret = { headers: { authorization: 'Bearer hush' } };
    assert.equal((await run(shop, get('/', { ...secret, contains: 'Bearer hush' }))).verdict.kind, 'pass');
    assert.doesNotMatch((await run(shop, get('/broken', secret))).log, /hush/);
  });

  it('a refused connection fails with its reason', async () => {
    const { verdict } = await run(await aDeadAddress(), get('/'));
    assert.equal(verdict.kind, 'fail');
    assert.match(verdict.reason, /GET \/ met no answer, ECONNREFUSED .*, wanted 200/);
  });

  it('a service that does not finish its answer in time fails', async () => {
    const clock = new AbortController();
    const timeout = mock.method(AbortSignal, 'timeout', () => clock.signal);
    try {
      const running = run(shop, get('/hangs'));
      clock.abort();
      const { verdict } = await running;
      assert.match(verdict.reason, /GET \/hangs met no answer within 10 s, wanted 200/);
    } finally {
      timeout.mock.restore();
    }
  });

  it('an endless answer is read as far as is needed', async () => {
    assert.equal((await run(shop, get('/endless', { contains: 'tea tea' }))).verdict.kind, 'pass');
  });
});

describe('command checks', () => {
  it('pass by exit code 0, in the governance repository, knowing the address and nothing of this process', async () => {
    writeFileSync(join(directory, 'token'), 'kept');
    const line = `test "$BASE_URL $SERVICE $ENVIRONMENT $(cat token) $SLIPWAY_TOKEN" = "${shop} shop staging kept "`;
    assert.equal((await run(shop, command(line))).verdict.kind, 'pass');
  });

  it('fail by any other, with their last words', async () => {
    const { verdict } = await run(shop, command('echo checking; echo "cart is empty" >&2; exit 2'));
    assert.deepEqual(verdict, { kind: 'fail', reason: 'smoke check "script": exit code 2, wanted 0: cart is empty' });
  });

  it('a command that is missing says nothing about the service: error', async () => {
    const { verdict } = await run(shop, command('no-such-command-here'));
    assert.equal(verdict.kind, 'error');
    assert.match(verdict.reason, /not found/);
  });
});

describe('the suite as a whole', () => {
  it('the gravest verdict counts', async () => {
    const { verdict } = await run(shop, command('no-such-command-here'), get('/broken'), get('/'));
    assert.equal(verdict.kind, 'fail');
  });

  it('a service without checks has shown nothing', async () => {
    assert.equal((await run(shop)).verdict.kind, 'no-data');
  });

  it('a long log keeps its end, in 8 KB', async () => {
    const checks = Array.from({ length: 40 }, (_, i) => get(`/broken?${'x'.repeat(300)}&${i}`));
    const { log } = await run(shop, ...checks);
    assert(Buffer.byteLength(log) <= 8_192);
    assert.match(log, /&39 met 200[^\n]*\n$/);
  });

  it('an unknown service is refused', async () => {
    const smoke = createSmoke({ config: aConfig(), directory, variables: process.env });
    const asked = smoke.run({ service: 'till', environment: 'staging', url: shop });
    await assert.rejects(asked, (fault) => fault instanceof Refused && fault.code === 'not-found');
  });
});
