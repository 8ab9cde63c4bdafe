import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { hours } from '../../src/domain/duration.js';
import type { ItemStanding } from '../../src/domain/readiness.js';
import { aConfig, type FrontDoor, openFrontDoor } from '../support/front-door.js';

let directory: string;
let door: FrontDoor;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-evidence-'));
  await mkdir(join(directory, 'docs/drills'), { recursive: true });
  await writeFile(join(directory, 'docs/drills/november.md'), '# Went back in 4 s\n');
});
beforeEach(async () => {
  const config = aConfig();
  const readiness = { 'rollback-rehearsed': { maxAge: hours(24) }, 'on-call-notified': {}, 'quality-gates': {} };
  const environments = config.environments.map((e) => (e.tier === 'production' ? { ...e, readiness } : e));
  door = await openFrontDoor({ config: { ...config, directory, environments } });
});
afterEach(() => door.close());
after(() => rm(directory, { recursive: true }));

const show = (by: string, body: object) => door.ask(by, 'POST', '/v1/services/shop/evidence', { body });
const drill = { item: 'rollback-rehearsed', record: 'docs/drills/november.md', comment: 'went back in 4 s' };

describe('The readiness of a service', () => {
  it('is shown item by item: what is missing, and the command that supplies it', async () => {
    const { body } = await door.ask('norma', 'GET', '/v1/services/shop');
    const [production] = body['readiness'] as readonly { environment: string; items: readonly ItemStanding[] }[];
    assert.equal(production?.environment, 'production');
    assert.deepEqual(
      production.items.map(({ item, state, command = '' }) => `${item} ${state}: ${command.slice(0, 43)}`),
      [
        'rollback-rehearsed missing: slipway drill shop',
        'on-call-notified missing: slipway evidence shop on-call-notified --st',
      ],
    );
  });

  it('is pinned by a release, which is asked for nothing that does not concern it', async () => {
    const body = { service: 'shop', version: '1.1.0' };
    await door.ask('alice', 'POST', '/v1/releases', { body, headers: { 'idempotency-key': 'k1' } });
    const { stages } = door.desk.submissions[0]!.request;
    assert.deepEqual(Object.keys(stages.at(-1)?.readiness ?? {}), [
      'quality-gates',
      'rollback-rehearsed',
      'on-call-notified',
    ]);
    assert.equal(stages[0]?.readiness, undefined);
  });

  it('holds once a record was shown, known by its hash, as old as what it proves', async () => {
    const { status, body } = await show('grace', { ...drill, at: '2026-11-24T03:00:00Z' });
    assert.equal(status, 200, JSON.stringify(body));
    const [production] = body['readiness'] as readonly { items: readonly ItemStanding[] }[];
    const [item] = production?.items ?? [];
    assert.equal(item?.state, 'holds');
    assert.match(item.reason, /went back in 4 s \(grace, 6 h ago\)/);
    assert.match(item.evidence?.record?.hash ?? '', /^[0-9a-f]{64}$/);
    assert.equal(item.expiresAt, '2026-11-25T03:00:00.000Z');
  });

  const rows: readonly (readonly [string, string, object, number, RegExp])[] = [
    ['who holds no role', 'norma', drill, 403, /to show evidence takes one of/],
    ['a record that is not there', 'grace', { ...drill, record: 'docs/none.md' }, 422, /met no such file/],
    ['a record and a statement', 'grace', { ...drill, statement: 'too' }, 400, /a record or a statement, not both/],
    ['neither', 'grace', { item: 'runbooks' }, 400, /a record or a statement, not both/],
    ['an item that is none', 'grace', { ...drill, item: 'good-mood' }, 400, /one of quality-gates, staging-verified/],
    ['a moment to come', 'grace', { ...drill, at: '2026-11-25T09:00:00Z' }, 422, /evidence from the future/],
    ['what the release shows itself', 'grace', { item: 'quality-gates', statement: 'green' }, 422, /shows it itself/],
    ['who is not on call', 'grace', { item: 'on-call-notified', statement: 'I know' }, 422, /is said by on-call/],
  ];
  for (const [what, by, body, status, says] of rows)
    it(`is not shown by ${what}`, async () => {
      const answer = await show(by, body);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, says);
      assert.equal((await door.desk.standing('shop'))?.evidence, undefined);
    });
});
