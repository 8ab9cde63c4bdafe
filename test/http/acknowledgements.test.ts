import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ItemStanding, standingOf } from '../../src/domain/readiness.js';
import { aConfig, type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { aRelease } from '../support/memory-desk.js';
import { aStage, tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

const changeId = 'change-20261124-01';
let door: FrontDoor;
beforeEach(async () => {
  const config = aConfig();
  const readiness = { 'on-call-notified': {} };
  const environments = config.environments.map((e) => (e.tier === 'production' ? { ...e, readiness } : e));
  door = await openFrontDoor({ config: { ...config, environments } });
  const stages = [aStage({ readiness, tellsOnCall: true })];
  door.desk.put(aRelease({ changeId, stages }));
  door.desk.stand({ service: 'shop', running: {}, queue: [], latest: [], underWay: changeId });
});
afterEach(() => door.close());

const acknowledge = (person: string, body: object = {}) =>
  door.ask(person, 'POST', `/v1/releases/${changeId}/acknowledgements`, { body });
const urgent = {
  ...{ changeId, service: 'shop', version: '1.1.0', state: 'going-back' },
  ...{ since: tuesday, last: tuesday, calls: 1 },
};

async function item(): Promise<ItemStanding | undefined> {
  const { body } = await door.ask('norma', 'GET', '/v1/services/shop');
  const [production] = body['readiness'] as readonly { readonly items: readonly ItemStanding[] }[];
  return production?.items[0];
}

/** Dave is on call. */
describe('acknowledgements at the front door', () => {
  it('are asked of a release that tells who is on call: pinned with its stages', async () => {
    const headers = { 'idempotency-key': 'k1' };
    await door.ask('alice', 'POST', '/v1/releases', { body: { service: 'shop', version: '1.1.0' }, headers });
    const { stages } = door.desk.submissions[0]!.request;
    assert.deepEqual(stages.map(({ tellsOnCall }) => tellsOnCall).filter(Boolean), [true]);
  });

  it('are evidence that whoever is on call knows of this change', async () => {
    assert.deepEqual([(await item())?.state, (await item())?.command], ['missing', `slipway acknowledge ${changeId}`]);
    const { status, body, text } = await acknowledge('dave', { comment: 'go on' });
    assert.equal(status, 200, text);
    assert.deepEqual(body, {
      service: 'shop',
      acknowledged: [{ changeId, by: 'dave', at: tuesday, comment: 'go on' }],
    });
    assert.deepEqual([(await item())?.state, (await item())?.evidence?.by], ['holds', 'dave']);
  });

  it('that are waited for are named with who is on call, and the command', async () => {
    const { order } = aRelease({ changeId, stages: [aStage({ readiness: { 'on-call-notified': {} } })] }).progress;
    const about = { service: 'shop', now: tuesday, changeId };
    const readiness = standingOf({ 'on-call-notified': {} }, [], about);
    const stages = [{ environment: 'production', readiness }];
    door.desk.put(aRelease(order, { state: 'awaiting-readiness', environment: 'production', stages }));
    const { body } = await door.ask('norma', 'GET', `/v1/releases/${changeId}`);
    const { for: whom, command } = body['waiting'] as { readonly for: unknown; readonly command: string };
    assert.deepEqual([whom, command], [[{ role: 'on-call', people: ['dave'] }], `slipway acknowledge ${changeId}`]);
  });

  for (const [says, person, id, body, status, wanted] of [
    ['who is not on call', 'grace', changeId, {}, 403, /grace holds governance-sentinel.*acknowledged by on-call/],
    ['a change that there is not', 'dave', 'change-20200101-01', {}, 404, /there is no release/],
    ['a comment of two lines', 'dave', changeId, { comment: 'a\nb' }, 400, /one line of text/],
  ] as const)
    it(`refuse ${says}`, async () => {
      const answered = await door.ask(person, 'POST', `/v1/releases/${id}/acknowledgements`, { body });
      assert.equal(answered.status, status, answered.text);
      assert.match(answered.text, wanted);
    });

  it('that are missing are findings, with the command, in the metrics and on the page', async () => {
    door.desk.call(urgent);
    door.desk.call({ ...urgent, changeId: 'change-20261124-02', acknowledged: true });
    const { body } = await door.ask('norma', 'GET', '/v1/findings');
    const found = body['findings'] as readonly {
      readonly kind: string;
      readonly text: string;
      readonly command: string;
    }[];
    assert.deepEqual(
      found.map(({ kind, command }) => [kind, command]),
      [['unacknowledged', `slipway acknowledge ${changeId}`]],
    );
    assert.match(
      found[0]?.text ?? '',
      /nobody on call \(dave\) has acknowledged that shop 1\.1\.0 \(change-20261124-01\) goes back/,
    );
    assert.match((await door.ask('norma', 'GET', '/')).text, /To look at.*has acknowledged/s);
    const { text } = await door.ask(undefined, 'GET', '/metrics');
    assert.match(text, /slipway_findings\{environment="",service="shop",kind="unacknowledged"\} 1/);
  });
});

describe('slipway acknowledge', () => {
  const as = (person: string, ...args: string[]) =>
    slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

  it('says so, and status tells what is not acknowledged', async () => {
    door.desk.call(urgent);
    const status = await as('norma', 'status', 'shop');
    assert.match(status.out, /! nobody on call .* goes back .*\n +slipway acknowledge change-20261124-01/);
    assert.match(status.out, /on-call-notified.*\n? *slipway acknowledge change-20261124-01/);
    const said = await as('dave', 'acknowledge', changeId, '--comment', 'I am at it');
    assert.equal(said.code, 0, said.err);
    assert.match(said.out, /change-20261124-01 of shop: acknowledged by dave/);
  });

  it('is refused to who is not on call', async () => {
    const { code, err } = await as('grace', 'acknowledge', changeId);
    assert.notEqual(code, 0);
    assert.match(err, /acknowledged by on-call/);
  });
});
