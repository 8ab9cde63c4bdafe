import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { aGovernance } from '../support/a-governance.js';
import { aClosing, aFollowUp } from '../support/follow-ups.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { slipway } from '../support/slipway-cli.js';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const post = (person: string, path: string, body: unknown) =>
  door.ask(person, 'POST', `/v1/follow-ups${path}`, { body });
const ids = async (query: string): Promise<readonly string[]> => {
  const { body } = await door.ask('norma', 'GET', `/v1/follow-ups${query}`);
  return (body['followUps'] as readonly { readonly id: string }[]).map(({ id }) => id);
};
const overdue = aFollowUp({ id: 'FU-0002', due: '2026-11-23', owner: 'service-owner' });
const ofCart = aFollowUp({ id: 'FU-0003', service: 'cart' });

/** It is the 24th of November, 2026. Alice operates, oscar is a service owner, norma does neither. */
describe('follow-ups at the front door', () => {
  it('are opened by who operates, with owner and day as slipway.yml says unless said', async () => {
    const { status, body, text } = await post('alice', '', {
      changeId: 'change-20261124-01',
      what: 'bound the timeouts',
    });
    assert.equal(status, 201, text);
    assert.deepEqual(
      [body['id'], body['owner'], body['due'], body['state'], body['by']],
      ['FU-0001', 'service-owner', '2026-12-08', 'open', 'alice'],
    );
    const said = await post('alice', '', {
      changeId: 'change-20261124-01',
      what: 'x',
      owner: 'grace',
      due: '2026-12-11',
    });
    assert.deepEqual([said.body['owner'], said.body['due']], ['grace', '2026-12-11']);
  });

  it('are listed by service and state; those of a service that are not closed are shown with it', async () => {
    for (const one of [aFollowUp(), overdue, ofCart]) door.desk.leave(one);
    await post('grace', '/FU-0001/close', { comment: 'done' });
    assert.deepEqual(await ids(''), ['FU-0001', 'FU-0002', 'FU-0003']);
    assert.deepEqual(await ids('?state=open'), ['FU-0002', 'FU-0003']);
    assert.deepEqual(await ids('?state=overdue'), ['FU-0002']);
    assert.deepEqual(await ids('?service=shop&state=closed'), ['FU-0001']);
    const { body } = await door.ask('norma', 'GET', '/v1/services/shop');
    assert.deepEqual(
      (body['followUps'] as readonly { readonly id: string }[]).map(({ id }) => id),
      ['FU-0002'],
    );
  });

  it('that are overdue are among the findings, in the metrics and on the page', async () => {
    door.desk.leave(overdue);
    const { body } = await door.ask('norma', 'GET', '/v1/findings');
    const [finding] = body['findings'] as readonly { readonly kind: string; readonly command: string }[];
    assert.deepEqual([finding?.kind, finding?.command], ['overdue', 'slipway follow-up close FU-0002 --comment "…"']);
    const page = await door.ask('norma', 'GET', '/');
    assert.match(page.text, /To look at.*FU-0002 of change-20261124-01 \(shop\) was due 2026-11-23, service-owner/s);
    const metrics = await door.ask(undefined, 'GET', '/metrics');
    assert.match(metrics.text, /slipway_findings\{environment="",service="shop",kind="overdue"\} 1/);
  });

  it('are closed by their owner, a person or a role, or by who operates; with the hash of the record shown', async () => {
    const governance = await aGovernance({ git: false });
    const own = await openFrontDoor({ config: governance.config });
    try {
      await governance.write('docs/timeouts.md', 'two seconds');
      for (const one of [aFollowUp({ owner: 'norma' }), aFollowUp({ id: 'FU-0002', owner: 'service-owner' }), ofCart])
        own.desk.leave(one);
      const none = await own.ask('norma', 'POST', '/v1/follow-ups/FU-0001/close', {
        body: { comment: 'done', record: 'docs/none.md' },
      });
      assert.deepEqual([none.status, /no such file/.test(none.text)], [422, true], none.text);
      for (const [person, id] of [
        ['norma', 'FU-0001'],
        ['oscar', 'FU-0002'],
        ['alice', 'FU-0003'],
      ] as const) {
        const body = { comment: 'done', record: 'docs/timeouts.md' };
        const answered = await own.ask(person, 'POST', `/v1/follow-ups/${id}/close`, { body });
        assert.equal(answered.status, 200, answered.text);
        assert.match(answered.text, /"record":\{"path":"docs\/timeouts\.md","hash":"[0-9a-f]{64}"\}/);
      }
    } finally {
      await own.close();
      await governance.close();
    }
  });

  it('are given to another, and to another day, with the reason', async () => {
    door.desk.leave(aFollowUp());
    const { body, text } = await post('alice', '/FU-0001/change', {
      owner: 'oscar',
      due: '2026-12-20',
      reason: 'grace is away',
    });
    assert.deepEqual([body['owner'], body['due']], ['oscar', '2026-12-20'], text);
    assert.match(text, /grace is away/);
  });

  for (const [says, by, path, body, status, wanted] of [
    [
      'opening by who does not operate',
      'norma',
      '',
      { changeId: 'change-20261124-01', what: 'x' },
      403,
      /to open a follow-up takes one of/,
    ],
    [
      'an owner that nobody is',
      'alice',
      '',
      { changeId: 'change-20261124-01', what: 'x', owner: 'grac' },
      422,
      /Did you mean grace\?/,
    ],
    [
      'a day that is over',
      'alice',
      '',
      { changeId: 'change-20261124-01', what: 'x', due: '2026-11-23' },
      422,
      /it is 2026-11-24 in UTC/,
    ],
    ['what is no day', 'alice', '', { changeId: 'change-20261124-01', what: 'x', due: 'soon' }, 400, /2026-12-11/],
    ['closing by a stranger to it', 'norma', '/FU-0001/close', { comment: 'x' }, 403, /which is grace's/],
    ['closing without a word', 'grace', '/FU-0001/close', {}, 400, /one line of text/],
    ['closing what there is not', 'grace', '/FU-0009/close', { comment: 'x' }, 404, /there is no follow-up FU-0009/],
    ['a change of nothing', 'grace', '/FU-0001/change', { reason: 'x' }, 400, /another owner, another day, or both/],
  ] as const)
    it(`refuse ${says}, with what is wanted`, async () => {
      door.desk.leave(aFollowUp());
      const answered = await post(by, path, body);
      assert.equal(answered.status, status, answered.text);
      assert.match(answered.text, wanted);
    });

  it('that are closed take no further word', async () => {
    door.desk.leave(aFollowUp());
    await post('grace', '/FU-0001/close', { comment: aClosing().comment });
    const again = await post('alice', '/FU-0001/close', { comment: 'me too' });
    assert.equal(again.status, 409);
    assert.match(again.text, /was closed by grace/);
  });
});

describe('slipway follow-up', () => {
  const as = (person: string, ...args: string[]) =>
    slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

  it('adds, lists and closes; a list with what is overdue ends with 1', async () => {
    const added = await as(
      'alice',
      'follow-up',
      'add',
      'change-20261124-01',
      'bound the timeouts',
      '--owner',
      'grace',
      '--due',
      '2026-12-11',
    );
    assert.equal(added.code, 0, added.err);
    assert.match(added.out, /FU-0001 +open +due 2026-12-11 +grace +change-20261124-01 +bound the timeouts/);
    door.desk.leave(overdue);
    const late = await as('norma', 'follow-up', 'list', '--overdue');
    assert.equal(late.code, 1);
    assert.match(late.out, /^FU-0002 +OVERDUE/);
    const moved = await as(
      'oscar',
      'follow-up',
      'change',
      'FU-0002',
      '--due',
      '2026-12-01',
      '--reason',
      'the library is late',
    );
    assert.equal(moved.code, 0, moved.err);
    const closed = await as('grace', 'follow-up', 'close', 'FU-0001', '--comment', 'two seconds it is');
    assert.match(closed.out, /FU-0001 +closed .*\n +closed by grace on 2026-11-24: two seconds it is/);
    assert.equal((await as('norma', 'follow-up', 'list', '--open', '--service', 'shop')).code, 0);
  });

  it('is shown by status, with the command', async () => {
    door.desk.leave(aFollowUp());
    const { out } = await as('norma', 'status', 'shop');
    assert.match(
      out,
      /shop: the follow-up FU-0001 is due 2026-12-11, grace: bound the timeouts\n +slipway follow-up close FU-0001/,
    );
  });

  it('of an unknown change is refused', async () => {
    const met = await as('alice', 'follow-up', 'add', 'change-1', 'x');
    assert.equal(met.code, 2);
    assert.match(met.err, /change-20261124-01/);
  });
});
