import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MemoryStorage } from '@openfeature/flagd-core';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { pino } from 'pino';
import { createFeatures, featuresPath, ownFeaturesPath } from '../../src/adapters/flags/features.js';
import { createLiveFlags } from '../../src/http/live-flags.js';
import type { FlagsView } from '../../src/http/views/flags.js';
import { aGovernance } from '../support/a-governance.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';

const file = (more = ''): string => `flags:
  new-checkout: { description: one page, owner: checkout, service: shop, on: false }
  express: { description: next day, owner: logistics, on: false, rollout: { on: 30, off: 70 } }
  staff: { description: our own, owner: it, on: false, targeting: { if: [{ ends_with: [{ var: email }, '@us.example'] }, on, null] } }
  theme: { description: colours, owner: design, variants: { plain: { ink: black }, dark: { ink: white } }, default-variant: plain, expires: 2026-11-01 }
  gone: { description: not yet, owner: it, state: DISABLED, on: true }
${more}`;

let there: Awaited<ReturnType<typeof aGovernance>>;
let door: FrontDoor;
let client: Client;
beforeEach(async () => {
  there = await aGovernance({ git: false });
  await there.write(featuresPath, file());
  const { config } = there;
  const log: string[] = [];
  const logger = pino({}, { write: (line: string) => void log.push(line) });
  const flags = createLiveFlags({ flags: createFeatures({ config }), logger });
  door = { ...(await openFrontDoor({ config, flags })), log };
  const provider = new OFREPProvider({
    baseUrl: door.url,
    headers: { authorization: 'Bearer token-norma', 'x-slipway-environment': 'production' },
  });
  await OpenFeature.setProviderAndWait('test', provider);
  client = OpenFeature.getClient('test');
});
afterEach(async () => {
  await OpenFeature.close();
  await door.close();
  await there.close();
});

const evaluate = (key: string, body: unknown, query = '?environment=production') =>
  door.ask('norma', 'POST', `/ofrep/v1/evaluate/flags/${key}${query}`, { body });
const flagd = (headers = {}) => door.ask('norma', 'GET', '/v1/flags/production/flagd.json', { headers });
/** A few at a time, as a client in one process would ask. */
async function expressOf(keys: readonly string[]): Promise<readonly boolean[]> {
  const answers: boolean[] = [];
  for (let from = 0; from < keys.length; from += 20) {
    const some = keys.slice(from, from + 20);
    const asked = some.map((targetingKey) => client.getBooleanDetails('express', false, { targetingKey }));
    for (const { value, errorCode } of await Promise.all(asked)) {
      assert.equal(errorCode, undefined);
      answers.push(value);
    }
  }
  return answers;
}

const listed = async (): Promise<FlagsView['environments'][number]> => {
  const { body } = await door.ask('norma', 'GET', '/v1/flags?environment=production');
  return (body as unknown as FlagsView).environments[0]!;
};

describe('An OpenFeature client', () => {
  it('sees a toggle as it stands, and as it stands a moment later', async () => {
    assert.equal(await client.getBooleanValue('new-checkout', true), false);
    await there.write(featuresPath, file().replace('shop, on: false', 'shop, on: true'));
    assert.equal(await client.getBooleanValue('new-checkout', false), true);
  });

  it('gets a share of the targeting keys, and each of them always the same', async () => {
    const keys = Array.from({ length: 400 }, (_, i) => `customer-${i}`);
    const first = await expressOf(keys);
    const share = first.filter(Boolean).length / keys.length;
    // Five standard deviations of a share of 30 % among 400.
    assert.ok(Math.abs(share - 0.3) < 0.115, `${share}`);
    assert.deepEqual(await expressOf(keys.slice(0, 40)), first.slice(0, 40));

    await there.write(featuresPath, file().replace('on: 30, off: 70', 'on: 60, off: 40'));
    const more = await expressOf(keys);
    assert.ok(
      first.every((was, i) => !was || more[i]),
      'who had it keeps it when the share grows',
    );
    assert.ok(Math.abs(more.filter(Boolean).length / keys.length - 0.6) < 0.123);
  });

  it('is given what the rules say, values of any type, and its own default for what is disabled or unknown', async () => {
    assert.equal(await client.getBooleanValue('staff', false, { email: 'a@us.example' }), true);
    assert.equal(await client.getBooleanValue('staff', false, { email: 'a@them.example' }), false);
    assert.deepEqual(await client.getObjectValue('theme', {}), { ink: 'black' });
    assert.equal(await client.getBooleanValue('gone', false), false);
    assert.equal((await client.getBooleanDetails('nothing', true)).errorCode, 'FLAG_NOT_FOUND');
    const { variant, flagMetadata } = await client.getBooleanDetails('new-checkout', true);
    assert.deepEqual([variant, flagMetadata], ['off', { owner: 'checkout', service: 'shop' }]);
  });
});

describe('A file of flags', () => {
  it('that makes no sense is not served: the last that did is, and it is told what is wrong', async () => {
    assert.equal((await listed()).problems.length, 0);
    await there.write(
      featuresPath,
      file('  bad: { description: d, owner: o, on: maybe }\n').replace('shop, on: false', 'shop, on: true'),
    );
    assert.equal(await client.getBooleanValue('new-checkout', true), false);
    const { problems, flags } = await listed();
    assert.match(problems[0] ?? '', /features\.yml:7:40 flags\.bad\.on: met "maybe"; wanted true or false/);
    assert.equal(flags.length, 5);
    assert.equal(door.log.filter((line) => line.includes('the last that did are served')).length, 1);
    assert.equal((await flagd()).status, 200);
    await there.write(featuresPath, file());
    assert.deepEqual((await listed()).problems, []);
  });

  it('that never made sense serves nobody, and says so', async () => {
    await there.write(ownFeaturesPath('dev'), 'flags: [');
    const { status, body } = await evaluate('new-checkout', {}, '?environment=dev');
    assert.deepEqual([status, body['errorCode']], [500, 'GENERAL']);
    assert.equal((await door.ask('norma', 'GET', '/v1/flags/dev/flagd.json')).status, 503);
    assert.equal((await evaluate('new-checkout', {})).status, 200);
  });

  it('of an environment’s own stands for the common one', async () => {
    await there.write(ownFeaturesPath('production'), 'flags:\n  only: { description: d, owner: o, on: true }\n');
    assert.deepEqual(
      (await listed()).flags.map(({ name }) => name),
      ['only'],
    );
    assert.equal((await evaluate('new-checkout', {}, '?environment=dev')).status, 200);
  });

  it('is given to flagd in its own form, and not again while nothing has changed', async () => {
    const first = await flagd();
    const etag = first.headers.get('etag') ?? '';
    assert.doesNotThrow(() => new MemoryStorage(console).setConfigurations(first.text, true));
    const { flags } = JSON.parse(first.text) as { flags: Record<string, Record<string, unknown>> };
    assert.deepEqual(flags['express']?.['targeting'], {
      fractional: [
        ['on', 30],
        ['off', 70],
      ],
    });
    const again = await flagd({ 'if-none-match': `"other", W/${etag}` });
    assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', etag]);
    await there.write(featuresPath, file().replace('on: 30, off: 70', 'on: 31, off: 69'));
    assert.equal((await flagd({ 'if-none-match': etag })).status, 200);
  });

  it('is listed with how each flag is set and whether it should be gone', async () => {
    const { flags, path } = await listed();
    assert.equal(path, featuresPath);
    assert.deepEqual(
      flags.map(({ name, says, expired }) => [name, says, expired]),
      [
        ['new-checkout', 'off', false],
        ['express', 'on 30 %, off 70 %', false],
        ['staff', 'off', false],
        ['theme', 'plain', true],
        ['gone', 'disabled', false],
      ],
    );
    const { body } = await door.ask('norma', 'GET', '/v1/flags');
    assert.equal((body as unknown as FlagsView).environments.length, 3);
  });
});

describe('OFREP', () => {
  it('evaluates all enabled flags at once, and not again while nothing has changed', async () => {
    const ask = (headers = {}) =>
      door.ask('norma', 'POST', '/ofrep/v1/evaluate/flags?environment=production', {
        body: { context: { targetingKey: 'customer-1' } },
        headers,
      });
    const { body, headers } = await ask();
    const flags = body['flags'] as readonly { key: string }[];
    assert.deepEqual(
      flags.map(({ key }) => key),
      ['new-checkout', 'express', 'staff', 'theme'],
    );
    assert.equal((await ask({ 'if-none-match': headers.get('etag') ?? '' })).status, 304);
  });

  const rows: readonly (readonly [string, string, unknown, string, number, string, RegExp])[] = [
    ['no environment', 'theme', {}, '', 400, 'GENERAL', /dev, staging, production/],
    ['an unknown environment', 'theme', {}, '?environment=prod', 400, 'GENERAL', /"prod" is not configured/],
    ['an unknown flag', 'thme', {}, '?environment=dev', 404, 'FLAG_NOT_FOUND', /no flag "thme"/],
    ['a disabled flag', 'gone', {}, '?environment=dev', 404, 'FLAG_NOT_FOUND', /disabled/],
    ['a context that is a list', 'theme', { context: [] }, '?environment=dev', 400, 'INVALID_CONTEXT', /object/],
    ['broken JSON', 'theme', '{', '?environment=dev', 400, 'PARSE_ERROR', /not JSON/],
    ['a list', 'theme', [], '?environment=dev', 400, 'GENERAL', /object/],
    ['a flag every object has', 'constructor', {}, '?environment=dev', 404, 'FLAG_NOT_FOUND', /constructor/],
  ];
  for (const [what, key, sent, query, status, code, says] of rows)
    it(`refuses ${what} in its own words`, async () => {
      const answered = await evaluate(key, sent, query);
      assert.deepEqual([answered.status, answered.body['errorCode']], [status, code], answered.text);
      assert.match(String(answered.body['errorDetails']), says);
      assert.equal(answered.body['key'], key);
    });

  it('lets nobody in without a token', async () => {
    assert.equal(
      (await door.ask(undefined, 'POST', '/ofrep/v1/evaluate/flags?environment=dev', { body: {} })).status,
      401,
    );
    assert.equal((await door.ask(undefined, 'GET', '/v1/flags/dev/flagd.json')).status, 401);
  });
});

const good = { environment: 'production', to: 'on', reason: 'the campaign begins' };
const put = (body: unknown, more: { by?: string; name?: string; headers?: Record<string, string> } = {}) =>
  door.ask(more.by ?? 'alice', 'PUT', `/v1/flags/${more.name ?? 'new-checkout'}`, {
    body,
    headers: { 'idempotency-key': 'k1', ...more.headers },
  });
const change = '/v1/flags/production/new-checkout/change';

describe('A change of a flag', () => {
  it('is accepted with its number and where to watch it, once for a key', async () => {
    const { status, body, headers } = await put({ ...good, observe: '20m' });
    assert.equal(status, 202);
    assert.deepEqual([body['changeId'], headers.get('location')], ['change-20261124-01', change]);
    const { request } = door.flagDesk.submissions[0]!;
    assert.deepEqual(request.to, { kind: 'variant', variant: 'on' });
    assert.deepEqual([request.tier, request.approval.roles], ['production', ['governance-sentinel', 'service-owner']]);
    assert.deepEqual(
      [request.observe?.service, request.observe?.window.for, request.observe?.before?.for],
      ['shop', 1_200_000, 900_000],
    );
    assert.equal((await put({ ...good, observe: '20m' })).body['changeId'], 'change-20261124-01');
    assert.equal((await put({ ...good, to: 'off' })).status, 422);
    assert.equal((await put(good, { headers: { 'idempotency-key': 'k2' } })).status, 409);
    assert.equal(door.flagDesk.submissions.length, 1);
  });

  it('is shown with what waits for whom, and is approved, rejected, set back and retried', async () => {
    await put(good);
    const { body } = await door.ask('dave', 'GET', change);
    assert.match(JSON.stringify(body['waiting']), /waits for the approval of governance-sentinel and service-owner/);
    assert.match(JSON.stringify(body['waiting']), /slipway flag approve new-checkout --environment production/);
    const say = (by: string, what: string, sent: unknown) => door.ask(by, 'POST', `${change}/${what}`, { body: sent });
    const yes = { decision: 'approve', comment: 'read it' };
    assert.equal((await say('alice', 'approvals', yes)).status, 409);
    assert.equal((await say('grace', 'approvals', yes)).status, 200);
    assert.equal((await say('oscar', 'approvals', yes)).body['state'], 'setting');
    assert.equal((await say('dave', 'retry', { reason: 'x' })).status, 409);
    assert.equal((await say('norma', 'rollback', { reason: 'orders fail' })).body['state'], 'going-back');
  });

  it('that is not there is told so', async () => {
    assert.equal((await door.ask('dave', 'GET', change)).status, 404);
    const { status, text } = await door.ask('dave', 'POST', `${change}/rollback`, { body: { reason: 'x' } });
    assert.deepEqual([status, /set it again/.test(text)], [409, true]);
    assert.equal((await door.ask('dave', 'GET', '/v1/flags/prod/new-checkout/change')).status, 422);
  });

  const rows: readonly (readonly [string, Parameters<typeof put>, number, RegExp])[] = [
    ['no token', [good, { headers: { authorization: 'Bearer none' } }], 401, /not known/],
    ['another role', [good, { by: 'grace' }], 403, /takes the role implementation-wrangler/],
    ['no Idempotency-Key', [good, { headers: { 'idempotency-key': '' } }], 400, /Idempotency-Key/],
    ['an unknown flag', [good, { name: 'new-chekout' }], 404, /no flag .*new-chekout.*Did you mean new-checkout\?/],
    ['a flag every object has', [good, { name: 'constructor' }], 400, /JavaScript/],
    ['a path for a name', [good, { name: '..%2F..%2Fetc' }], 400, /a name of letters/],
    [
      'an unknown environment',
      [{ ...good, environment: 'prod' }],
      422,
      /\/environment.*one of dev, staging, production/,
    ],
    ['no reason', [{ environment: 'dev', to: 'on' }], 400, /\/reason/],
    ['a reason of two lines', [{ ...good, reason: 'a\nb' }], 400, /one line of text/],
    ['an unknown variant', [{ ...good, to: 'blue' }], 422, /\/to.*one of on, off/],
    ['shares that are no whole', [{ ...good, to: { on: 5, off: 90 } }], 422, /95 % together/],
    ['a share of nobody', [{ ...good, to: { on: 5, blue: 95 } }], 422, /one of on, off/],
    ['a share below zero', [{ ...good, to: { on: -5, off: 105 } }], 400, /\/to\/on: met -5; wanted per cent/],
    ['a number', [{ ...good, to: 25 }], 400, /\/to.*a variant such as/],
    ['nothing wanted', [{ environment: 'dev', reason: 'x' }], 400, /\/to/],
    ['an unknown field', [{ ...good, reson: 'x' }], 400, /did you mean reason/],
    ['a prototype', ['{"environment":"dev","to":"on","reason":"x","__proto__":{}}'], 400, /__proto__/],
    ['a window of no length', [{ ...good, observe: '0s' }], 400, /\/observe.*a duration/],
    ['a window without a service', [{ ...good, observe: true }, { name: 'express' }], 422, /belongs to no service/],
    ['a list', [[]], 400, /object/],
  ];
  for (const [what, ask, status, says] of rows)
    it(`refuses ${what} with ${status}`, async () => {
      const answered = await put(...ask);
      assert.equal(answered.status, status, answered.text);
      assert.match(answered.text, says);
      assert.equal(door.flagDesk.submissions.length, 0);
    });

  it('is refused while the file makes no sense', async () => {
    await listed();
    await there.write(featuresPath, 'flags: [');
    const { status, text } = await put(good);
    assert.equal(status, 409);
    assert.match(text, /features\.yml:1:/);
  });
});
