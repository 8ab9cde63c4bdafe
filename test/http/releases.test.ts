import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pino } from 'pino';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import { Refused } from '../../src/domain/failure.js';
import type { Migration } from '../../src/domain/migration.js';
import type { ServiceStanding } from '../../src/domain/service.js';
import type { FoundRollout } from '../../src/http/desk.js';
import { createLiveFlags } from '../../src/http/live-flags.js';
import type { PlansView } from '../../src/http/views/plan.js';
import type { Sources } from '../../src/ports/builder.js';
import { aRelease, aRollout, aWaitingRelease } from '../support/memory-desk.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { aMigration } from '../support/migrations.js';
import { anArtifact, tuesday } from '../support/orders.js';

const id = 'change-20261124-01';
const good = { service: 'shop', version: '1.1.0' };
const keyed = (key: string) => ({ 'idempotency-key': key });

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const submit = (body: unknown, key = 'k1', by = 'alice') =>
  door.ask(by, 'POST', '/v1/releases', { body, headers: keyed(key) });

describe('Asking for a release', () => {
  it('is accepted with its number and where to watch it', async () => {
    const { status, headers, body } = await submit(good);
    assert.equal(status, 202);
    assert.equal(headers.get('location'), `/v1/releases/${id}`);
    assert.equal(body['changeId'], id);
    assert.equal(body['ahead'], 0);
  });

  it('pins commit, rules and people of this moment', async () => {
    await submit({ ...good, version: 'v1.1.0', description: '  delivery estimates ' });
    const request = door.desk.submissions[0]?.request;
    assert.equal(request?.version, '1.1.0');
    assert.equal(request.commit, '1'.repeat(40));
    assert.equal(request.description, 'delivery estimates');
    assert.deepEqual(request.requester, { person: 'alice', roles: ['implementation-wrangler'] });
    assert.equal(request.requestedAt, tuesday);
    assert.deepEqual(
      request.stages.map((stage) => stage.environment),
      ['dev', 'staging', 'production'],
    );
    assert.deepEqual(request.roster['grace'], ['governance-sentinel']);
  });

  it('may name a branch and the version it shall have, and stop before production', async () => {
    const asked = { service: 'shop', ref: 'main', version: '1.2.0-rc.1', environments: ['dev', 'staging'] };
    assert.equal((await submit(asked)).status, 202);
    const request = door.desk.submissions[0]?.request;
    assert.equal(request?.commit, '2'.repeat(40));
    assert.deepEqual(
      request.stages.map((stage) => stage.environment),
      ['dev', 'staging'],
    );
  });

  it('the same key and request again give the same answer, and one release', async () => {
    const [first, again, otherOrder] = [
      await submit(good),
      await submit(good),
      await submit({ version: 'v1.1.0', service: 'shop' }),
    ];
    assert.deepEqual([again.status, again.body], [first.status, first.body]);
    assert.deepEqual(otherOrder.body, first.body);
    assert.equal(door.desk.submissions.length, 1);
  });

  it('twenty at once under one key are one release', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(good)));
    assert.deepEqual(new Set(answers.map(({ body }) => body['changeId'])), new Set([id]));
    assert.equal(door.desk.submissions.length, 1);
  });

  for (const [what, body, by] of [
    ['another version', { service: 'shop', version: '1.0.0' }, 'alice'],
    ['another description', { ...good, description: 'other' }, 'alice'],
    ['another person', good, 'operator'],
  ] as const)
    it(`the same key for ${what} is refused`, async () => {
      await submit(good);
      const { status, text } = await submit(body, 'k1', by);
      assert.equal(status, 422);
      assert.match(text, /key-reused/);
    });

  it('who comes second waits, and is found while waiting', async () => {
    await submit(good);
    const { body } = await submit(good, 'k2');
    assert.equal(body['ahead'], 1);
    const seen = await door.ask('alice', 'GET', '/v1/releases/change-20261124-02');
    assert.equal(seen.body['state'], 'queued');
    assert.match(seen.text, /one release of shop must end before it/);
    const listed = await door.ask('alice', 'GET', '/v1/releases?state=queued');
    assert.match(listed.text, /change-20261124-02/);
  });

  for (const command of ['rollback', 'abort'])
    it(`who waits is taken back by ${command}, which is said first, before anything is looked up`, async () => {
      await submit(good);
      await submit(good, 'k2');
      const { status } = await door.ask('dave', 'POST', `/v1/releases/change-20261124-02/${command}`, {
        body: { reason: 'the wrong one' },
      });
      assert.equal(status, 200);
      const withdrawal = { changeId: 'change-20261124-02', by: 'dave', reason: 'the wrong one' };
      assert.deepEqual(
        door.desk.said.map(({ what, written }) => [what, written]),
        [
          [command, { reason: 'the wrong one' }],
          ['withdraw', withdrawal],
        ],
      );
    });

  it('the operator may, without being one of the people', async () => {
    assert.equal((await submit(good, 'k1', 'operator')).status, 202);
  });
});

describe('A rollback of a service', () => {
  const [adopted, latest] = ['change-20261123-01', id];
  const runs = { current: anArtifact('1.1.0'), former: anArtifact('1.0.0'), since: tuesday, changeId: adopted };
  const failed = { kind: 'failed', changeId: latest, service: 'shop', version: '1.2.0', reason: 'x' } as const;
  const takenBack = async (rollouts: readonly FoundRollout[]): Promise<unknown> => {
    const outcome = { ...failed, adopted: [], records: [] };
    door.desk.stand({ service: 'shop', running: { production: runs }, queue: [], latest: [outcome] });
    door.desk.put(aRelease(), rollouts);
    const answer = await door.ask('dave', 'POST', '/v1/services/shop/rollback', { body: { reason: 'customers call' } });
    assert.equal(answer.status, 202);
    return door.desk.submissions.at(-1)?.request.description;
  };

  it('takes back what runs, where the latest release failed before it came there', async () => {
    assert.equal(await takenBack([]), `rollback of ${adopted}`);
  });

  it('mends what the latest release has left behind, where its rollout was ended from outside', async () => {
    const rollout = aRollout();
    assert.equal(await takenBack([{ ...rollout, run: { ...rollout.run, status: 'lost' } }]), `rollback of ${latest}`);
  });
});

describe('A plan', () => {
  it('shows the steps and every way back, from what runs now, and changes nothing', async () => {
    const running = { current: anArtifact('1.0.0'), since: tuesday, changeId: id };
    door.desk.stand({ service: 'shop', running: { production: running }, queue: [], latest: [] });
    const { status, body, text } = await door.ask('grace', 'POST', '/v1/plans', { body: good });
    assert.equal(status, 200);
    const stages = body['stages'] as {
      environment: string;
      strategy: string;
      approvals: unknown;
      steps: { wayBack?: string }[];
    }[];
    assert.deepEqual(
      stages.map(({ strategy }) => strategy),
      ['first', 'first', 'canary'],
    );
    assert.match(text, /give 1.1.0 5 % of the traffic/);
    assert.ok(
      stages[2]?.steps.slice(0, -1).some(({ wayBack }) => wayBack === 'move all traffic back to the stable lane'),
    );
    assert.deepEqual(stages[2]?.approvals, [
      { role: 'governance-sentinel', people: [] },
      { role: 'service-owner', people: ['oscar'] },
    ]);
    assert.equal(door.desk.submissions.length, 0);
  });

  it('of a release that is bound to flags says that they go off first', async () => {
    const about = { description: 'next day', owner: 'logistics' };
    const express = {
      ...about,
      name: 'express',
      state: 'ENABLED' as const,
      defaultVariant: 'on',
      variants: { on: true, off: false },
    };
    const of = Object.fromEntries(['dev', 'staging', 'production'].map((name) => [name, [express]]));
    const flags = createLiveFlags({ flags: createMemoryFlags(of), logger: pino({ level: 'silent' }) });
    const at = await openFrontDoor({ flags });
    const sent = { body: { ...good, flags: ['express'] }, headers: { 'idempotency-key': 'bound' } };
    const { body } = await at.ask('alice', 'POST', '/v1/plans', { body: sent.body });
    const first = (body['stages'] as { flagsFirst?: string }[]).map(({ flagsFirst }) => flagsFirst);
    const says = 'express is set to off, and users are looked at again, before the version goes back';
    assert.deepEqual(first, [says, says, says]);
    assert.equal((await at.ask('alice', 'POST', '/v1/releases', sent)).status, 202);
    assert.deepEqual(at.desk.submissions[0]?.request.stages.at(-1)?.flags, ['express']);
    await at.close();
  });

  it('knows that asking is approving where the rules say so', async () => {
    const { body } = await door.ask('alice', 'POST', '/v1/plans', { body: good });
    const stages = body['stages'] as { approvedByAsking: boolean }[];
    assert.deepEqual(
      stages.map((stage) => stage.approvedByAsking),
      [true, true, false],
    );
  });
});

describe('A release that is under way', () => {
  it('says what it waits for, who can act, until when and how', async () => {
    door.desk.put(aWaitingRelease());
    const { body } = await door.ask('dave', 'GET', `/v1/releases/${id}`);
    assert.deepEqual(body['waiting'], {
      reason: 'production waits for the approval of governance-sentinel and service-owner',
      for: [
        { role: 'governance-sentinel', people: ['grace'] },
        { role: 'service-owner', people: ['oscar'] },
      ],
      until: '2026-11-25T09:00:00.000Z',
      command: `slipway approve ${id} --comment "…"`,
    });
  });

  it('shows its rollouts with their steps and live figures, and leads to the Temporal UI', async () => {
    door.desk.put(aRelease({}, { state: 'rolling-out', environment: 'production' }), [
      { ...aRollout({ share: 25 }), window: { verdict: { kind: 'inconclusive', reason: 'watching' } } },
    ]);
    const { body, text } = await door.ask('dave', 'GET', `/v1/releases/${id}`);
    assert.match(text, /start 2 of 1.1.0 beside what is running/);
    assert.match(text, /"window":\{"verdict"/);
    const { temporal } = body['links'] as { temporal: string };
    assert.equal(temporal, `http://127.0.0.1:8233/namespaces/default/workflows/release%2Fshop%2F${id}/run-1`);
  });

  it('that is stuck says how to get it going again', async () => {
    const stuck = aRollout({ state: 'stuck', stuck: 'no space left on device' });
    door.desk.put(aRelease({}, { state: 'stuck', environment: 'production' }), [stuck]);
    const { text } = await door.ask('dave', 'GET', `/v1/releases/${id}`);
    assert.match(text, /stuck: no space left on device/);
    assert.match(text, /slipway retry/);
  });

  it('that was terminated has failed, whatever it said last', async () => {
    const { run, progress } = aRelease();
    door.desk.put({ run: { ...run, status: 'lost', closedAt: tuesday }, progress });
    assert.equal((await door.ask('dave', 'GET', `/v1/releases/${id}`)).body['state'], 'failed');
    assert.match((await door.ask('dave', 'GET', `/v1/releases/${id}/timeline`)).text, /ended from outside/);
  });
});

describe('What people say to a release', () => {
  const say = (by: string, verb: string, body: unknown, headers = {}) =>
    door.ask(by, 'POST', `/v1/releases/${id}/${verb}`, { body, headers });

  it('is said in the name that the token proves, and answered with the release as it is now', async () => {
    door.desk.put(aWaitingRelease());
    const first = await say('grace', 'approvals', {
      decision: 'approve',
      comment: 'read the plan',
      gate: 'production',
    });
    assert.equal(first.status, 200);
    assert.match(JSON.stringify(first.body['waiting']), /service-owner/);
    const second = await say('oscar', 'approvals', { decision: 'approve', comment: 'ours' });
    assert.equal(second.body['state'], 'rolling-out');
    assert.deepEqual(
      door.desk.said.map(({ from }) => from.person),
      ['grace', 'oscar'],
    );
  });

  it('an approval for another digest is refused', async () => {
    door.desk.put(aWaitingRelease());
    const said = { decision: 'approve', comment: 'x', digest: `sha256:${'0'.repeat(64)}` };
    assert.equal((await say('grace', 'approvals', said)).status, 409);
  });

  it('a rollback is heard from anybody with a token, whatever the role', async () => {
    for (const [i, by] of ['alice', 'grace', 'oscar', 'dave', 'norma', 'operator'].entries()) {
      door.desk.put(aRelease({}, { state: 'rolling-out' }));
      const { status, body } = await say(by, 'rollback', { reason: 'customers cannot pay' });
      assert.deepEqual([status, body['state']], [200, 'going-back']);
      assert.deepEqual(door.desk.said[i]?.from, { person: by });
    }
  });

  it('a hundred rollbacks in a row are all heard', async () => {
    door.desk.put(aRelease({}, { state: 'rolling-out' }));
    const answers = await Promise.all(Array.from({ length: 100 }, () => say('norma', 'rollback', { reason: 'now' })));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(door.desk.said.length, 100);
  });

  it('a key makes a repetition known', async () => {
    door.desk.put(aRelease({}, { state: 'rolling-out' }));
    await say('dave', 'rollback', { reason: 'now' }, keyed('once'));
    assert.deepEqual(door.desk.said[0]?.from, { person: 'dave', key: 'once' });
    assert.equal((await say('dave', 'rollback', { reason: 'now' }, keyed('two words'))).status, 400);
  });

  it('a way back that is stuck is tried again', async () => {
    door.desk.put(aRelease({}, { state: 'stuck' }));
    assert.equal((await say('dave', 'retry', { reason: 'disk is free again' })).status, 200);
  });
});

describe('Lists', () => {
  it('go page by page to the end, each release once', async () => {
    for (let n = 1; n <= 25; n++)
      door.desk.put(aRelease({ changeId: `change-20261124-${String(n).padStart(2, '0')}` }));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await door.ask('alice', 'GET', `/v1/releases?limit=10${cursor}`);
      seen.push(...(body['releases'] as { changeId: string }[]).map(({ changeId }) => changeId));
      cursor = typeof body['next'] === 'string' ? `&cursor=${body['next']}` : '';
    } while (cursor !== '');
    assert.equal(seen.length, 25);
    assert.equal(new Set(seen).size, 25);
  });

  it('are of one service or one state where that is asked', async () => {
    door.desk.put(aRelease());
    door.desk.put(aRelease({ changeId: 'change-20261124-02', service: 'cart' }, { state: 'succeeded' }));
    assert.doesNotMatch((await door.ask('alice', 'GET', '/v1/releases?service=cart')).text, /24-01/);
    assert.doesNotMatch((await door.ask('alice', 'GET', '/v1/releases?state=building')).text, /24-02/);
  });

  it('of services show every environment, also where nothing runs yet', async () => {
    const { body } = await door.ask('alice', 'GET', '/v1/services/shop');
    assert.deepEqual(body['environments'], [
      { environment: 'dev' },
      { environment: 'staging' },
      { environment: 'production' },
    ]);
    assert.equal((await door.ask('alice', 'GET', '/v1/services')).status, 200);
  });
});

describe('A release that changes data', () => {
  const contract = aMigration('irreversible', '0006', { kind: 'contract', expands: '1.0.0' });
  const declaring = (migration: Migration): Sources => ({
    resolve: ({ ref }) => Promise.resolve({ commit: '1'.repeat(40), version: ref, migration }),
  });
  const running = (version: string, since: string): ServiceStanding => {
    const current = { current: anArtifact(version), since, changeId: 'change-20261123-01' };
    return { service: 'shop', running: { production: current }, queue: [], latest: [] };
  };
  const opened = async (migration: Migration, standing?: ServiceStanding): Promise<FrontDoor> => {
    await door.close();
    door = await openFrontDoor({ sources: declaring(migration) });
    if (standing) door.desk.stand(standing);
    return door;
  };

  it('is planned with its backup, its migration and its way back, and what a rollback would do to data', async () => {
    const at = await opened(aMigration('scripted', '0003'), running('1.0.0', tuesday));
    const { body } = await at.ask('alice', 'POST', '/v1/plans', { body: good });
    const plans = body as unknown as PlansView;
    assert.equal(plans.migration?.class, 'scripted');
    const { steps, dataImpact, refused } = plans.stages[2]!;
    assert.deepEqual(
      steps.slice(0, 3).map(({ does, wayBack }) => [does, wayBack]),
      [
        ['back the data up and prove the backup by a restore', undefined],
        ['migrate the data by db/0003.sql of 1.1.0 (scripted)', 'revert the data by db/0003-back.sql of 1.1.0'],
        ['start 2 of 1.1.0 beside what is running', 'stop the candidate 1.1.0'],
      ],
    );
    assert.match(dataImpact ?? '', /^A rollback of 1\.1\.0 ends with db\/0003-back\.sql/);
    assert.equal(refused, undefined);
  });

  it('the commit’s declaration goes with it, for the planned entry of the Change Log', async () => {
    const declared = aMigration('scripted', '0003');
    const at = await opened(declared);
    assert.equal((await submit(good)).status, 202);
    assert.deepEqual(at.desk.submissions[0]!.request.migration, declared);
  });

  it('is refused as a contract half before its expand half is there, and while that is watched', async () => {
    const table = [
      [undefined, /production runs nothing: release 1\.0\.0 first$/],
      [running('0.9.0', tuesday), /production runs 0\.9\.0: release 1\.0\.0 first$/],
      [
        running('1.0.0', tuesday),
        /1\.0\.0 is watched in production until 2026-11-24T09:00:20\.000Z \(20 s of aftercare\)/,
      ],
    ] as const;
    for (const [standing, reason] of table) {
      const at = await opened(contract, standing);
      const { status, body } = await submit(good);
      assert.equal(status, 409);
      assert.match(String(body['detail']), reason);
      assert.deepEqual(at.desk.submissions, []);
      const planned = (await at.ask('alice', 'POST', '/v1/plans', { body: good })).body as unknown as PlansView;
      assert.deepEqual(
        planned.stages.map((stage) => stage.refused !== undefined),
        [false, false, true],
      );
    }
  });

  it('is accepted as a contract half after the aftercare of its expand half, or where a later version runs', async () => {
    for (const standing of [running('1.0.0', '2026-11-24T08:59:40.000Z'), running('1.0.5', tuesday)]) {
      await opened(contract, standing);
      assert.equal((await submit(good)).status, 202);
    }
  });

  it('with a declaration that makes no sense is answered with file, line, met and wanted, and nothing is started', async () => {
    await door.close();
    const fault = { at: 'migration.yml:2:1 revert', met: 'nothing', wanted: 'the path of a script' };
    const message = 'migration.yml:2:1 revert: met nothing; wanted the path of a script';
    door = await openFrontDoor({
      sources: { resolve: () => Promise.reject(new Refused('invalid', message, [fault])) },
    });
    for (const answer of [await submit(good), await door.ask('alice', 'POST', '/v1/plans', { body: good })]) {
      assert.equal(answer.status, 422);
      assert.equal(answer.body['detail'], message);
      const { met, wanted } = fault;
      assert.deepEqual(answer.body['errors'], [{ pointer: fault.at, met, wanted }]);
    }
    assert.deepEqual(door.desk.submissions, []);
  });
});
