import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pino } from 'pino';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import { wantedTo } from '../../src/cli/flag.js';
import { createLiveFlags } from '../../src/http/live-flags.js';
import { theFlags } from '../ports/flags-suite.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { aFlagChange } from '../support/memory-flag-desk.js';
import { tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

let door: FrontDoor;
beforeEach(async () => {
  const flags = createMemoryFlags({ dev: theFlags, production: theFlags });
  door = await openFrontDoor({ flags: createLiveFlags({ flags, logger: pino({ level: 'silent' }) }) });
});
afterEach(() => door.close());

const as = (person: string, ...args: string[]) =>
  slipway(['flag', ...args], { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

const here = ['--environment', 'production'];
const set = (...more: string[]) => as('alice', 'set', 'new-checkout', ...more, ...here, '--reason', 'the campaign');

describe('slipway flag list', () => {
  it('shows how every flag is set, for people and for programs', async () => {
    const { code, out } = await as('dave', 'list', ...here);
    assert.equal(code, 0);
    assert.match(out, /production {2}new-checkout {2}off +checkout/);
    assert.match(out, /theme +plain 50 %, dark 50 %/);
    const json = JSON.parse((await as('dave', 'list', '--json')).out) as { environments: unknown[] };
    assert.equal(json.environments.length, 3);
  });
});

describe('slipway flag set', () => {
  it('says the number of the change, and how to follow it', async () => {
    const { code, out, err } = await set('25%', '--observe', '15m');
    assert.deepEqual([code, out], [0, 'change-20261124-01: new-checkout in production to 25%']);
    assert.match(err, /slipway flag watch new-checkout --environment production/);
    const { to, observe, reason } = door.flagDesk.submissions[0]!.request;
    assert.deepEqual(to, { kind: 'rollout', rollout: { on: 25, off: 75 } });
    assert.deepEqual([observe?.window.for, reason], [900_000, 'the campaign']);
  });

  it('takes what people write', () => {
    assert.deepEqual(['on', 'disabled', '12.5%', 'plain=90,dark=10', 'plain=90%, dark=10%', 'a=b'].map(wantedTo), [
      'on',
      'DISABLED',
      { on: 12.5, off: 87.5 },
      { plain: 90, dark: 10 },
      { plain: 90, dark: 10 },
      { a: Number.NaN },
    ]);
  });

  for (const [what, args, code, says] of [
    ['an unknown variant', ['blue'], 2, /\/to: met "blue"; wanted one of on, off/],
    ['shares that are no whole', ['on=5,off=90'], 2, /95 % together/],
    ['no duration', ['on', '--observe', 'long'], 2, /\/observe: met "long"; wanted true, or a duration|wanted/],
  ] as const)
    it(`of ${what} ends with ${code} and says why`, async () => {
      const ended = await set(...args);
      assert.deepEqual([ended.code, ended.out], [code, '']);
      assert.match(ended.err, says);
    });

  it('of an unknown flag ends with 5, without a reason with 2, by another role with 8', async () => {
    assert.equal((await as('alice', 'set', 'nothing', 'on', ...here, '--reason', 'x')).code, 5);
    assert.equal((await as('alice', 'set', 'new-checkout', 'on', ...here)).code, 2);
    assert.equal((await as('grace', 'set', 'new-checkout', 'on', ...here, '--reason', 'x')).code, 8);
  });
});

describe('slipway flag approve, reject, rollback, retry and watch', () => {
  it('say it to the change that is under way', async () => {
    await set('on');
    const { code, out } = await as('grace', 'approve', 'new-checkout', ...here, '--comment', 'read it');
    assert.equal(code, 0);
    assert.match(out, /waits for the approval of service-owner/);
    assert.equal((await as('dave', 'reject', 'new-checkout', ...here, '--comment', 'no')).code, 4);
    assert.equal((await as('dave', 'retry', 'new-checkout', ...here, '--reason', 'x')).code, 4);
    const back = await as('norma', 'rollback', 'new-checkout', ...here, '--reason', 'orders fail');
    assert.match(back.out, /off → on {2}going-back/);
  });

  for (const [kind, code] of [
    ['succeeded', 0],
    ['unchanged', 0],
    ['rolled-back', 3],
    ['refused', 4],
    ['withdrawn', 4],
  ] as const)
    it(`watch a change to its end: ${kind} is ${code}`, async () => {
      await set('on');
      const { request } = door.flagDesk.submissions[0]!;
      const outcome = { kind, reason: 'because', begunAt: tuesday, endedAt: tuesday };
      door.flagDesk.put(aFlagChange(request, { state: kind, outcome }), { status: 'closed', closedAt: tuesday });
      const ended = await as('dave', 'watch', 'new-checkout', ...here);
      assert.equal(ended.code, code);
      assert.match(ended.out, new RegExp(`${kind}: because`));
    });
});

describe('slipway init and doctor', () => {
  it('begin a file of flags, leave one that is there, and name the line that makes no sense', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
    const run = (...args: string[]) => slipway(args, { cwd: folder });
    const file = join(folder, 'method/config/features.yml');
    try {
      await run('init');
      assert.match(await readFile(file, 'utf8'), /example-toggle/);
      await writeFile(file, 'flags:\n  f: { description: d, owner: o, on: maybe }\n');
      await rm(join(folder, 'slipway.yml'));
      await run('init');
      assert.match(await readFile(file, 'utf8'), /maybe/);
      const { out } = await run('doctor');
      assert.match(
        out,
        /MEND flags: method\/config\/features\.yml:2:\d+ flags\.f\.on: met "maybe"; wanted true or false/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
