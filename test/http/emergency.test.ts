import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Config } from '../../src/config/config.js';
import { minutes, seconds } from '../../src/domain/duration.js';
import { governanceBoard } from '../../src/domain/environment.js';
import { aConfig, type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';

let directory: string;
let door: FrontDoor;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-reviews-'));
  await mkdir(join(directory, 'docs/reviews'), { recursive: true });
  await writeFile(join(directory, 'docs/reviews/good.md'), '# What happened\n');
  await writeFile(join(directory, 'docs/reviews/empty.md'), '\n');
  await symlink('/etc/hostname', join(directory, 'docs/reviews/away.md'));
});
beforeEach(async () => {
  door = await openFrontDoor({ config: withBoard(['grace', 'oscar']) });
});
afterEach(() => door.close());
after(() => rm(directory, { recursive: true }));

const asked = { service: 'shop', version: '1.1.0', emergency: 'nobody can pay' };
const submit = (body: unknown, by = 'alice') =>
  door.ask(by, 'POST', '/v1/releases', { body, headers: { 'idempotency-key': 'k1' } });

/** SPEC-0701, Change Control: emergencies are approved by two board members, watched in less time, and reviewed. */
describe('Asking for an emergency release', () => {
  it('pins the board as who approves, windows that are shorter but as many, and when the review is due', async () => {
    assert.equal((await submit(asked)).status, 202);
    const { emergency, stages } = door.desk.submissions[0]!.request;
    assert.deepEqual(emergency, { reason: 'nobody can pay', escalateAfter: seconds(30), reviewWithin: minutes(10) });
    const production = stages.at(-1)!;
    assert.deepEqual(production.approval.roles, [governanceBoard, governanceBoard]);
    assert.ok(production.strategy.kind === 'canary');
    assert.deepEqual(production.strategy.shares, [5, 25, 100]);
    assert.equal(production.strategy.window.for, 500);
    assert.deepEqual(stages[0]?.approval.roles, ['implementation-wrangler'], 'before production nothing changes');
  });

  it('is refused where the board is too small without who asks, with the way to mend that', async () => {
    await door.close();
    door = await openFrontDoor({ config: withBoard(['alice', 'grace']) });
    const { status, body } = await submit(asked);
    assert.equal(status, 409);
    assert.match(
      String(body['detail']),
      /takes 2 people with the role governance-board, .*beside alice it is held by grace\. Give the role/,
    );
    assert.deepEqual(door.desk.submissions, []);
  });

  it('is refused where it does not go to production: there nothing is in its way', async () => {
    const { status, body } = await submit({ ...asked, environments: ['dev'] });
    assert.equal(status, 422);
    assert.match(JSON.stringify(body['errors']), /"pointer":"\/emergency"/);
  });
});

describe('The review that it owes', () => {
  const debt = {
    ...{ changeId: 'change-20261124-01', version: '1.1.0', reason: 'nobody can pay', by: 'alice' },
    ...{ at: tuesday, due: '2026-11-26T09:00:00.000Z' },
  };
  const settle = (by: string, record: string, changeId = debt.changeId) =>
    door.ask(by, 'POST', '/v1/services/shop/reviews', { body: { changeId, record, comment: 'bounded now' } });
  beforeEach(() => door.desk.stand({ service: 'shop', running: {}, queue: [], latest: [], debts: [debt] }));

  it('is shown with its due date, on the page with the command that settles it', async () => {
    const { body } = await door.ask('norma', 'GET', '/v1/services/shop');
    assert.deepEqual(body['debts'], [debt]);
    const { text } = await door.ask('norma', 'GET', '/');
    assert.match(
      text,
      /The review of the emergency release change-20261124-01 .*slipway review shop change-20261124-01/,
    );
  });

  it('is settled by a record, known by its hash', async () => {
    const { status, body } = await settle('grace', 'docs/reviews/good.md');
    assert.deepEqual([status, body['debts']], [200, []]);
    const [said] = door.desk.said as readonly { readonly written: { readonly record: object } }[];
    assert.deepEqual(said?.written.record, {
      path: 'docs/reviews/good.md',
      hash: '112372e113974ad2b05cf5a8b20996fba382318278c4df3da4380395d9f655cc',
    });
  });

  const rows: readonly (readonly [string, string, number, RegExp])[] = [
    ['a record that is not there', 'docs/reviews/none.md', 422, /met no such file/],
    ['a record that says nothing', 'docs/reviews/empty.md', 422, /met an empty file/],
    ['a folder', 'docs/reviews', 422, /met no file/],
    ['a file outside the repository', 'docs/reviews/away.md', 422, /outside the repository/],
    ['a path that leads out', 'docs/../../secret.md', 400, /below docs\/ or artifacts\//],
    ['a file that is no document', 'slipway.yml', 400, /below docs\/ or artifacts\//],
  ];
  for (const [what, record, wanted, says] of rows)
    it(`is not settled by ${what}`, async () => {
      const { status, text } = await settle('grace', record);
      assert.equal(status, wanted, text);
      assert.match(text, says);
    });

  it('is not settled by who holds no role for it, nor for another change', async () => {
    assert.equal((await settle('norma', 'docs/reviews/good.md')).status, 403);
    const { status, body } = await settle('grace', 'docs/reviews/good.md', 'change-20261124-09');
    assert.equal(status, 409);
    assert.match(String(body['detail']), /shop owes no review of change-20261124-09/);
  });
});

/** The usual configuration, with a board of these. */
function withBoard(board: readonly string[]): Config {
  const config = aConfig();
  const people = Object.entries(config.people).map(([name, person]) => [
    name,
    board.includes(name) ? { ...person, roles: [...person.roles, governanceBoard] } : person,
  ]);
  const emergency = {
    approval: {
      ...{ roles: [governanceBoard, governanceBoard], requesterMayApprove: false, expiresAfter: minutes(10) },
    },
    ...{ window: 500, escalateAfter: seconds(30), reviewWithin: minutes(10) },
  };
  const environments = config.environments.map((e) => (e.tier === 'production' ? { ...e, emergency } : e));
  return { ...config, directory, environments, people: Object.fromEntries(people) as Config['people'] };
}
