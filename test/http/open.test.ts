import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { aWaitingRelease } from '../support/memory-desk.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  door.desk.put(aWaitingRelease({ description: '<script>alert(1)</script>' }));
});
after(() => door.close());

const operations = async () => {
  const { body } = await door.ask(undefined, 'GET', '/openapi.json');
  return { body, paths: body['paths'] as Record<string, Record<string, { responses: Record<string, unknown> }>> };
};

describe('The OpenAPI document', () => {
  it('describes every route, and nothing else', async () => {
    const { paths } = await operations();
    const described = Object.entries(paths).flatMap(([path, at]) =>
      Object.keys(at).map((method) => `${method} ${path}`),
    );
    assert.deepEqual(described.toSorted(), door.routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it('refers only to what it defines, and names each operation once', async () => {
    const { body, paths } = await operations();
    const components = body['components'] as Record<string, Record<string, unknown>>;
    for (const [, kind = '', name = ''] of JSON.stringify(body).matchAll(/#\/components\/(\w+)\/(\w+)/g))
      assert.ok(components[kind]?.[name], `${kind}/${name} is not defined`);
    const names = [...JSON.stringify(paths).matchAll(/"operationId":"(\w+)"/g)].map(([, name]) => name);
    assert.equal(new Set(names).size, door.routes.length);
    assert.doesNotMatch(JSON.stringify(body), /\$defs/);
  });

  it('says what a release asks for', async () => {
    const { body } = await operations();
    const { schemas } = body['components'] as { schemas: Record<string, { properties: object; required: string[] }> };
    assert.deepEqual(Object.keys(schemas['WrittenRelease']?.properties ?? {}), [
      'service',
      'version',
      'ref',
      'environments',
      'flags',
      'description',
      'emergency',
      'startAt',
      'startBy',
    ]);
    assert.deepEqual(schemas['WrittenRelease']?.required, ['service']);
  });

  it('has a good answer and the problem for every route', async () => {
    const { paths } = await operations();
    for (const [path, at] of Object.entries(paths))
      for (const { responses } of Object.values(at)) {
        assert.ok('default' in responses, path);
        assert.ok(
          Object.keys(responses).some((status) => status.startsWith('2')),
          path,
        );
      }
  });
});

describe('What machines ask without a token', () => {
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
    it(path, async () => assert.equal((await door.ask(undefined, 'GET', path)).status, 200));

  it('the figures count requests by route and status, not by what people write', async () => {
    await door.ask('alice', 'GET', '/v1/releases/change-20261124-77');
    const { text } = await door.ask(undefined, 'GET', '/metrics');
    assert.match(
      text,
      /slipway_http_requests_total\{method="GET",route="\/v1\/releases\/\{changeId\}",status="404"\} 1/,
    );
    assert.match(text, /slipway_engine_up 1/);
    assert.match(text, /slipway_latest_releases\{state="awaiting-approval"\} 1/);
  });
});

describe('The page for people', () => {
  const page = (password: string) =>
    door.ask(undefined, 'GET', '/', {
      headers: { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` },
    });

  it('asks a browser for the token', async () => {
    const { status, headers } = await door.ask(undefined, 'GET', '/');
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate') ?? '', /^Basic/);
    assert.equal((await page('wrong')).status, 401);
  });

  it('shows what waits for whom, and escapes what people wrote', async () => {
    const { status, text } = await page('token-grace');
    assert.equal(status, 200);
    assert.match(text, /governance-sentinel: grace/);
    assert.match(text, /slipway approve change-20261124-01/);
    assert.doesNotMatch(text, /<script>alert/);
    assert.match(text, /<time datetime="2026-11-24T09:00:00.000Z">/);
  });

  it('shows first what is not in order, with the command that mends it; metrics count it', async () => {
    const command = 'slipway rollback shop --environment production --reason "…"';
    const place = { service: 'shop', environment: 'production', since: '2026-11-24T09:00:00.000Z' };
    door.desk.find([{ ...place, kind: 'unattended', text: '25 % of the users <of shop>', command }]);
    const { text } = await page('token-grace');
    assert.ok(text.indexOf('To look at') < text.indexOf('<h2>Releases'));
    assert.match(text, /25 % of the users &#60;of shop&#62;.*<code>slipway rollback shop --environment production/s);
    const { body } = await door.ask('alice', 'GET', '/v1/findings');
    assert.match(JSON.stringify(body['findings']), /"kind":"unattended"/);
    const metrics = await door.ask(undefined, 'GET', '/metrics');
    assert.match(metrics.text, /slipway_findings\{environment="production",service="shop",kind="unattended"\} 1/);
    door.desk.find([]);
    assert.doesNotMatch((await page('token-grace')).text, /To look at/);
  });

  it('runs no script but its own', async () => {
    const { headers, text } = await page('token-grace');
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '') ?? [];
    assert.ok(nonce && text.includes(`<script nonce="${nonce}">`));
    assert.equal(text.match(/<script/g)?.length, 1);
    const again = await page('token-grace');
    assert.ok(!again.text.includes(nonce));
  });

  it('is read again and again while somebody looks, more often while a release is under way', async () => {
    const { text, headers } = await page('token-norma');
    assert.match(text, /<main data-every="3000">[^]*<\/main>\n<script/);
    assert.match(headers.get('content-security-policy') ?? '', /connect-src 'self';/);
    assert.match(text, /<p id="stale" role="status" hidden><\/p>\n<main/);
  });
});

describe('Every answer', () => {
  it('carries the headers that keep browsers safe, and does not say what it is made with', async () => {
    for (const path of ['/healthz', '/v1/releases', '/nothing']) {
      const { headers } = await door.ask('alice', 'GET', path);
      assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('x-powered-by'), null);
      assert.equal(headers.get('access-control-allow-origin'), null);
    }
  });

  it('to HEAD is that to GET without the body', async () => {
    const { status, text } = await door.ask('alice', 'HEAD', '/v1/services');
    assert.deepEqual([status, text], [200, '']);
  });

  it('never puts a token into the log', () => {
    assert.ok(door.log.length > 0);
    assert.ok(!door.log.some((line) => line.includes('token-')));
  });
});

describe('A door that closes', () => {
  it('finishes what is under way, ends what says nothing, and takes nothing more', async () => {
    let asked = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const identify = async () => {
      asked();
      await held;
      return { person: 'alice', roles: [] };
    };
    const closing = await openFrontDoor({ identity: { identify } });
    const silent = connect(Number(new URL(closing.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    const answer = closing.ask('alice', 'GET', '/v1/services');
    await arrived;
    const closed = closing.close();
    go();
    assert.equal((await answer).status, 200);
    await Promise.all([closed, ended]);
    await assert.rejects(closing.ask('alice', 'GET', '/healthz'));
  });
});
