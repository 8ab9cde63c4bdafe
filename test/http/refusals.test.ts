import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeskFault } from '../../src/http/desk.js';
import { aRelease, aWaitingRelease } from '../support/memory-desk.js';
import { type FrontDoor, openFrontDoor, type Sent } from '../support/front-door.js';

const good = { service: 'shop', version: '1.1.0' };
const key = { 'idempotency-key': 'k1' };
const id = 'change-20261124-01';
const reason = { body: { reason: 'customers cannot pay' } };
const yes = { body: { decision: 'approve', comment: 'read the plan' } };

interface Row {
  readonly of: string;
  readonly by?: string;
  readonly ask: string;
  readonly sent?: Sent;
  readonly status: number;
  /** Found in the problem. */
  readonly says: RegExp;
}

const release = (sent: unknown, more: Readonly<Record<string, string>> = key): Pick<Row, 'ask' | 'sent'> => ({
  ask: 'POST /v1/releases',
  sent: { body: sent, headers: more },
});

const rows: readonly Row[] = [
  { of: 'no token', by: '', ask: 'GET /v1/releases', status: 401, says: /no token was sent/ },
  {
    of: 'a wrong token',
    by: '',
    ask: 'GET /v1/releases',
    sent: { headers: { authorization: 'Bearer slw_wrong' } },
    status: 401,
    says: /not known/,
  },
  {
    of: 'a token in another scheme',
    by: '',
    ask: 'GET /v1/services',
    sent: { headers: { authorization: 'Basic YTp0b2tlbi1hbGljZQ==' } },
    status: 401,
    says: /no token/,
  },
  { of: 'a person who left', by: 'zoe', ask: 'GET /v1/services', status: 401, says: /not known/ },
  { of: 'a release without a token', by: '', ...release(good), status: 401, says: /no token/ },
  {
    of: 'a release by another role',
    by: 'grace',
    ...release(good),
    status: 403,
    says: /grace holds governance-sentinel; this takes the role implementation-wrangler/,
  },
  { of: 'a release by no role', by: 'norma', ...release(good), status: 403, says: /no role/ },
  {
    of: 'a release that is bound to a flag nobody knows',
    ...release({ ...good, flags: ['expres'] }),
    status: 422,
    says: /there is no flag .*expres.* in dev; known in memory: none.*\/flags\/0/,
  },
  {
    of: 'a release that is bound to a flag twice',
    ...release({ ...good, flags: ['express', 'express'] }),
    status: 400,
    says: /each flag once/,
  },
  { of: 'another method', ask: 'DELETE /v1/releases', status: 405, says: /POST, GET, HEAD/ },
  { of: 'another method on a release', ask: 'PUT /v1/releases/change-20261124-01', status: 405, says: /GET, HEAD/ },
  { of: 'an unknown path', ask: 'GET /v2/releases', status: 404, says: /openapi.json/ },
  {
    of: 'an unknown release',
    ask: 'GET /v1/releases/change-20261124-99',
    status: 404,
    says: /no release change-20261124-99/,
  },
  { of: 'a change id of another form', ask: 'GET /v1/releases/release-1', status: 400, says: /change-20261124-01/ },
  {
    of: 'a line break in a change id',
    ask: 'GET /v1/releases/change-20261124-01%0d%0aX: y',
    status: 400,
    says: /changeId/,
  },
  { of: 'a path that is no text', ask: 'GET /v1/releases/%E0%A4%A', status: 400, says: /decoded/ },
  { of: 'an unknown service', ask: 'GET /v1/services/shp', status: 404, says: /known: shop, cart/ },
  { of: 'a service every object has', ask: 'GET /v1/services/constructor', status: 400, says: /JavaScript/ },
  {
    of: 'an unknown query parameter',
    ask: 'GET /v1/releases?servce=shop',
    status: 400,
    says: /\?servce.*did you mean service/,
  },
  { of: 'a query parameter twice', ask: 'GET /v1/releases?limit=1&limit=2', status: 400, says: /\?limit/ },
  { of: 'a limit out of bounds', ask: 'GET /v1/releases?limit=101', status: 400, says: /from 1 to 100/ },
  { of: 'a state there is not', ask: 'GET /v1/releases?state=done', status: 400, says: /awaiting-approval/ },
  { of: 'a cursor that is none', ask: 'GET /v1/releases?cursor=zzz', status: 400, says: /cursor/ },
  { of: 'a list of an unknown service', ask: 'GET /v1/releases?service=shp', status: 422, says: /Did you mean shop/ },

  { of: 'no Idempotency-Key', ...release(good, {}), status: 400, says: /Idempotency-Key/ },
  { of: 'an empty Idempotency-Key', ...release(good, { 'idempotency-key': '' }), status: 400, says: /printable ASCII/ },
  {
    of: 'a long Idempotency-Key',
    ...release(good, { 'idempotency-key': 'k'.repeat(201) }),
    status: 400,
    says: /1 to 200/,
  },
  { of: 'a key with spaces', ...release(good, { 'idempotency-key': 'a b' }), status: 400, says: /printable ASCII/ },
  {
    of: 'another content type',
    ...release('service=shop', { ...key, 'content-type': 'text/plain' }),
    status: 415,
    says: /application\/json/,
  },
  {
    of: 'another charset',
    ...release('{}', { ...key, 'content-type': 'application/json; charset=latin1' }),
    status: 415,
    says: /application\/json/,
  },
  {
    of: 'a compressed body',
    ...release('{}', { ...key, 'content-encoding': 'gzip' }),
    status: 415,
    says: /not compressed/,
  },
  { of: 'no body', ask: 'POST /v1/releases', sent: { headers: key }, status: 415, says: /no Content-Type/ },
  { of: 'an empty body', ...release(''), status: 400, says: /empty/ },
  { of: 'broken JSON', ...release('{"service": '), status: 400, says: /not JSON/ },
  { of: 'two JSON texts', ...release('{}{}'), status: 400, says: /not JSON/ },
  { of: 'a list', ...release([]), status: 400, says: /object/ },
  { of: 'null', ...release('null'), status: 400, says: /object/ },
  {
    of: 'deep nesting',
    ...release(`{"service": ${'['.repeat(3_000)}${']'.repeat(3_000)}}`),
    status: 400,
    says: /20 levels/,
  },
  {
    of: 'a key twice',
    ...release('{"service": "shop", "version": "1.1.0", "version": "1.0.0"}'),
    status: 400,
    says: /"version\\" is written twice/,
  },
  {
    of: 'a key twice, once escaped',
    ...release(String.raw`{"service": "shop", "version": "1.1.0", "versio\u006e": "1.0.0"}`),
    status: 400,
    says: /written twice/,
  },
  {
    of: '__proto__',
    ...release('{"service": "shop", "version": "1.1.0", "__proto__": {"ref": "main"}}'),
    status: 400,
    says: /__proto__.*unknown field/,
  },
  {
    of: 'constructor',
    ...release('{"service": "shop", "version": "1.1.0", "constructor": 1}'),
    status: 400,
    says: /constructor.*unknown field/,
  },
  { of: 'an unknown field', ...release({ ...good, verison: '1' }), status: 400, says: /verison.*did you mean version/ },
  { of: 'a number as version', ...release({ service: 'shop', version: 1.1 }), status: 400, says: /semantic version/ },
  {
    of: 'a version with build metadata',
    ...release({ service: 'shop', version: '1.1.0+x' }),
    status: 400,
    says: /semantic version/,
  },
  { of: 'neither version nor ref', ...release({ service: 'shop' }), status: 400, says: /a version, a ref, or both/ },
  {
    of: 'an option as ref',
    ...release({ service: 'shop', ref: '--upload-pack=x' }),
    status: 400,
    says: /a tag, a branch or a commit/,
  },
  {
    of: 'a service with a line break',
    ...release({ service: 'shop\r\nX-Evil: 1', version: '1.1.0' }),
    status: 400,
    says: /lower-case/,
  },
  {
    of: 'a control character in words',
    ...release({ ...good, description: 'a\u0007b' }),
    status: 400,
    says: /control characters/,
  },
  {
    of: 'a line break in words',
    ...release({ ...good, description: 'a\n| change-1 |' }),
    status: 400,
    says: /one line/,
  },
  { of: 'reversed reading in words', ...release({ ...good, description: 'a\u202eb' }), status: 400, says: /one line/ },
  {
    of: 'half a character in words',
    ...release(String.raw`{"service": "shop", "version": "1.1.0", "description": "\ud800"}`),
    status: 400,
    says: /one line/,
  },
  { of: 'words without a word', ...release({ ...good, description: ' ' }), status: 400, says: /one line/ },
  { of: 'too many words', ...release({ ...good, description: 'x'.repeat(501) }), status: 400, says: /at most 500/ },
  {
    of: 'too much of everything',
    ...release({ ...good, description: 'x'.repeat(70_000) }),
    status: 413,
    says: /64 KB/,
  },
  {
    of: 'an unknown service to release',
    ...release({ service: 'shpo', version: '1.1.0' }),
    status: 422,
    says: /known: shop, cart\. Did you mean shop/,
  },
  {
    of: 'an unknown version',
    ...release({ service: 'shop', version: '9.9.9' }),
    status: 422,
    says: /there are tags v1.1.0, v1.0.0/,
  },
  {
    of: 'a branch without a version',
    ...release({ service: 'shop', ref: 'main' }),
    status: 422,
    says: /no version tag/,
  },
  {
    of: 'an unknown environment',
    ...release({ ...good, environments: ['moon'] }),
    status: 422,
    says: /first of dev, staging, production/,
  },
  {
    of: 'production without staging',
    ...release({ ...good, environments: ['dev', 'production'] }),
    status: 422,
    says: /without a gap/,
  },
  {
    of: 'a plan of an unknown version',
    ask: 'POST /v1/plans',
    sent: { body: { service: 'shop', version: '2.0.0' } },
    status: 422,
    says: /there are tags/,
  },

  {
    of: 'an approval of nothing',
    ask: `POST /v1/releases/${id}/approvals`,
    sent: yes,
    status: 409,
    says: /no gate is open/,
  },
  {
    of: 'an approval without a word',
    ask: `POST /v1/releases/${id}/approvals`,
    sent: { body: { decision: 'approve' } },
    status: 400,
    says: /\/comment/,
  },
  {
    of: 'a decision that is none',
    ask: `POST /v1/releases/${id}/approvals`,
    sent: { body: { decision: 'maybe', comment: 'x' } },
    status: 400,
    says: /approve, reject or revoke/,
  },
  {
    of: 'a retry of what is not stuck',
    ask: `POST /v1/releases/${id}/retry`,
    sent: reason,
    status: 409,
    says: /nothing is held or stuck/,
  },
  {
    of: 'a rollback without a reason',
    ask: `POST /v1/releases/${id}/rollback`,
    sent: { body: {} },
    status: 400,
    says: /\/reason/,
  },
  {
    of: 'a rollback of nothing',
    ask: 'POST /v1/releases/change-20261124-99/rollback',
    sent: reason,
    status: 404,
    says: /no release/,
  },
  ...(['abort', 'pause', 'resume', 'promote', 'skip', 'retry', 'take-over'] as const).flatMap((kind) => [
    {
      of: `${kind} of a closed release`,
      ask: `POST /v1/releases/change-20261124-02/${kind}`,
      sent: reason,
      status: 409,
      says: /closed \(succeeded\)/,
    },
    {
      of: `${kind} of an unknown release`,
      ask: `POST /v1/releases/change-20261124-77/${kind}`,
      sent: reason,
      status: 404,
      says: /there is no release/,
    },
    {
      of: `${kind} with a reason of a megabyte`,
      ask: `POST /v1/releases/${id}/${kind}`,
      sent: { body: { reason: 'x'.repeat(1_000_000) } },
      status: 413,
      says: /65536|64/,
    },
    {
      of: `${kind} with an unknown field`,
      ask: `POST /v1/releases/${id}/${kind}`,
      sent: { body: { reason: 'why', force: true } },
      status: 400,
      says: /unknown field/,
    },
  ]),
  {
    of: 'a promotion by somebody without a role',
    by: 'norma',
    ask: `POST /v1/releases/${id}/promote`,
    sent: reason,
    status: 409,
    says: /norma holds no role; promote takes one of/,
  },
  {
    of: 'a command for what is not a step',
    ask: `POST /v1/releases/${id}/skip`,
    sent: { body: { reason: 'why', step: 'the first' } },
    status: 400,
    says: /04-observe/,
  },
  {
    of: 'a hold of nothing',
    ask: 'POST /v1/holds',
    sent: reason,
    status: 400,
    says: /exactly one of everything, service and environment/,
  },
  {
    of: 'a hold of two things',
    ask: 'POST /v1/holds',
    sent: { body: { reason: 'why', everything: true, service: 'shop' } },
    status: 400,
    says: /exactly one of everything, service and environment/,
  },
  {
    of: 'a hold of an unknown environment',
    ask: 'POST /v1/holds',
    sent: { body: { reason: 'why', environment: 'prod' } },
    status: 422,
    says: /known: dev, staging, production/,
  },
  {
    of: 'letting the line run without a role for it',
    by: 'norma',
    ask: 'POST /v1/holds',
    sent: { body: { reason: 'why', everything: true, lift: true } },
    status: 403,
    says: /norma holds no role/,
  },
  {
    of: 'letting the line run that runs',
    ask: 'POST /v1/holds',
    sent: { body: { reason: 'why', everything: true, lift: true } },
    status: 409,
    says: /everything is not held/,
  },
  {
    of: 'lifting a veto that is not there',
    ask: 'POST /v1/services/shop/veto',
    sent: { body: { reason: 'why', version: '9.0.0', lift: true } },
    status: 409,
    says: /9\.0\.0 is not vetoed/,
  },
  {
    of: 'a veto for an unknown service',
    ask: 'POST /v1/services/shoe/veto',
    sent: { body: { reason: 'why', version: '9.0.0' } },
    status: 404,
    says: /not configured; known: shop, cart/,
  },
  {
    of: 'a release that is to begin after it had to',
    ask: 'POST /v1/releases',
    sent: {
      body: { service: 'shop', version: '1.2.0', startAt: '2026-11-26T00:00:00Z', startBy: '2026-11-25T00:00:00Z' },
      headers: { 'idempotency-key': 'k' },
    },
    status: 400,
    says: /a moment after startAt/,
  },
  {
    of: 'a release that is to begin at no moment at all',
    ask: 'POST /v1/releases',
    sent: {
      body: { service: 'shop', version: '1.2.0', startAt: 'tomorrow' },
      headers: { 'idempotency-key': 'k' },
    },
    status: 400,
    says: /a moment in UTC such as 2026-11-24T03:00:00Z/,
  },
  {
    of: 'a release whose time has passed',
    ask: 'POST /v1/releases',
    sent: {
      body: { service: 'shop', version: '1.1.0', startBy: '2026-11-01T00:00:00Z' },
      headers: { 'idempotency-key': 'k' },
    },
    status: 422,
    says: /has passed/,
  },
  {
    of: 'a pause of a queued release',
    ask: 'POST /v1/releases/change-20261124-03/pause',
    sent: reason,
    status: 409,
    says: /has not begun/,
  },
  {
    of: 'an approval by the wrong role',
    by: 'dave',
    ask: 'POST /v1/releases/change-20261124-04/approvals',
    sent: yes,
    status: 409,
    says: /dave holds on-call; this gate asks for/,
  },
  {
    of: 'an approval by who asked',
    ask: 'POST /v1/releases/change-20261124-04/approvals',
    sent: yes,
    status: 409,
    says: /alice holds implementation-wrangler/,
  },
];

describe('What the front door refuses, it refuses with the reason, and starts nothing', () => {
  let door: FrontDoor;
  before(async () => {
    door = await openFrontDoor();
    const { run, progress } = aRelease({ changeId: 'change-20261124-02' }, { state: 'succeeded' });
    door.desk.put(aRelease());
    door.desk.put({ run: { ...run, status: 'closed' }, progress });
    door.desk.put(aWaitingRelease({ changeId: 'change-20261124-04' }));
    door.desk.stand({ service: 'shop', running: {}, underWay: id, queue: ['change-20261124-03'], latest: [] });
  });
  after(() => door.close());

  for (const { of, by = 'alice', ask, sent, status, says } of rows) {
    it(`${of}: ${status}`, async () => {
      const [method = '', path = ''] = ask.split(/ (.*)/);
      const answer = await door.ask(by === '' ? undefined : by, method, path, sent);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, says);
      assert.equal(door.desk.submissions.length, 0);
    });
  }

  it('401 says how to be let in, 405 what is possible', async () => {
    const { headers } = await door.ask(undefined, 'GET', '/v1/releases');
    assert.equal(headers.get('www-authenticate'), 'Bearer realm="slipway"');
    const wrong = await door.ask('alice', 'POST', '/v1/services');
    assert.equal(wrong.headers.get('allow'), 'GET, HEAD');
  });

  it('all that is wrong is said at once, each with its place', async () => {
    const { body } = await door.ask('alice', 'POST', '/v1/releases', {
      body: { service: 'Shop', version: 'one', extra: 1, 'a/b~c': 2 },
      headers: key,
    });
    const errors = body['errors'] as { pointer: string; met: string; wanted: string }[];
    assert.deepEqual(errors.map(({ pointer }) => pointer).toSorted(), ['/a~1b~0c', '/extra', '/service', '/version']);
    assert.equal(errors.find(({ pointer }) => pointer === '/service')?.met, '"Shop"');
  });
});

describe('What the engine cannot do is told as it is', () => {
  let door: FrontDoor;
  before(async () => {
    door = await openFrontDoor();
    door.desk.put(aRelease());
  });
  after(() => door.close());

  const faults = [
    { fault: new DeskFault('unreachable', 'the engine does not answer'), status: 503, retry: '5' },
    { fault: new DeskFault('deadline', 'it was not answered in time'), status: 504, retry: null },
  ] as const;
  for (const { fault, status, retry } of faults)
    it(`${fault.kind}: ${status}`, async () => {
      door.desk.failWith(fault);
      const asked = [`GET /v1/releases/${id}`, 'GET /v1/releases', 'GET /v1/services/shop', 'GET /readyz'];
      for (const ask of asked) {
        const [method = '', path = ''] = ask.split(' ');
        const answer = await door.ask('alice', method, path);
        assert.equal(answer.status, status, ask);
        assert.equal(answer.headers.get('retry-after'), retry);
      }
      assert.equal((await door.ask('alice', 'GET', '/healthz')).status, 200);
      assert.match((await door.ask('alice', 'GET', '/metrics')).text, /slipway_engine_up 0/);
    });

  it('a fault nobody foresaw is 500: the log has it, the caller has its number and nothing of ours', async () => {
    door.desk.failWith(new Error('secret detail in /some/path.ts'));
    const { status, body, text } = await door.ask('alice', 'GET', `/v1/releases/${id}`);
    assert.equal(status, 500);
    assert.doesNotMatch(text, /secret|path\.ts|at /);
    const number = String(body['instance']).replace('urn:uuid:', '');
    assert.ok(door.log.some((line) => line.includes(number) && line.includes('secret detail')));
  });
});
