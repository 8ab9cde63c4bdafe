import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createLocalTraffic } from '../../src/adapters/local/traffic.js';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import { loadConfig } from '../../src/config/load.js';
import { type Load, startLoad } from '../../src/demo/load.js';
import { releaseId, rolloutId } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { closedWhole } from '../support/invariants.js';
import { openStage, type View } from '../support/stage.js';
import { asJson, sendSignal } from '../support/temporal-ui.js';

const patient = '{ kind: canary, shares: [25, 50, 100], window: 60s, afterwards: 60s, every: 1s }';
const quick = '{ kind: canary, shares: [25, 100], window: 2s, afterwards: 2s, every: 1s }';

/** Every command on the way, as people give them: over HTTP, against real processes. */
describe('in production', async () => {
  const stage = await openStage(
    { calm: quick, steered: patient.replace('25', '20'), stopped: patient, disturbed: patient, paired: patient },
    {
      environments: ['production'],
      production: 'blast-radius: 75',
      more: { steered: '    when-busy: supersede\n', disturbed: '    when-busy: reject\n' },
      startWithin: '90s',
      latency: '2s',
    },
  );
  after(() => stage.close());

  describe('a command is followed, and told', { concurrency: 3 }, () => {
    withCustomers('steered', () => {
      it('a newer release supersedes the one under way: first back to the stable lane, then the newer one', async () => {
        const older = await observing('steered', '1.1.0');
        const newer = await stage.release('steered', '1.2.0');
        const view = await closed(older);
        assert.equal(view.state, 'aborted');
        assert.match(view.outcome?.reason ?? '', new RegExp(`superseded by ${newer}`));
        await stage.until(newer, 'its own turn', ({ state }) => state === 'awaiting-approval');
        assert.equal((await placeOf('steered'))?.traffic.share, 0);
        await said(newer, 'abort', 200);
        assert.equal((await closed(newer)).state, 'aborted');
      });

      it('promote: the observation that is seen ends; with full, all that are left', async () => {
        const changeId = await observing('steered', '1.1.0');
        await said(changeId, 'promote', 409, /09-adopt is not under way; 04-observe is/, { step: '09-adopt' });
        await said(changeId, 'promote', 409, /would give the candidate 80 points .* one command may give 75/, {
          full: true,
        });
        await said(changeId, 'promote', 200, undefined, { step: '04-observe' });
        await stage.until(changeId, 'the next observation', (view) => has(view, '06-observe'));
        await said(changeId, 'promote', 200, undefined, { full: true });
        const view = await closed(changeId);
        assert.equal(view.state, 'succeeded', view.outcome?.reason);
        const overruled = stepsOf(view).filter((step) => 'overruled' in step);
        assert.deepEqual(
          overruled.map(({ id }) => id),
          ['04-observe', '06-observe', '08-observe'],
        );
        await recordHistories(stage, 'steered', changeId, 'promoted');
      });

      it('skip: a look is left out, with who said so; an effect never is', async () => {
        const changeId = await observing('steered', '1.2.0');
        await said(changeId, 'skip', 200, undefined, { step: '04-observe' });
        await stage.until(changeId, 'the next observation', (view) => has(view, '06-observe'));
        await said(changeId, 'rollback', 200);
        assert.equal((await closed(changeId)).state, 'rolled-back');
      });

      it('fault 18: rollback and promote at the same moment: what is safer wins, whichever came first', async () => {
        const changeId = await observing('steered', '1.3.0');
        const at = `/v1/releases/${changeId}`;
        await Promise.all([
          stage.ask('alice', 'POST', `${at}/promote`, { reason: 'looks good' }),
          stage.ask('dave', 'POST', `${at}/rollback`, { reason: 'looks bad' }),
          stage.ask('alice', 'POST', `${at}/skip`, { reason: 'looks good' }),
        ]);
        const view = await closed(changeId);
        assert.equal(view.state, 'rolled-back', view.outcome?.reason);
        assert.equal((await placeOf('steered'))?.traffic.share, 0);
        const commands = view['commands'] as readonly { kind: string; outcome: string }[];
        assert.ok(commands.some(({ kind, outcome }) => kind === 'rollback' && outcome === 'done'));
      });
    });

    withCustomers('calm', () => {
      it('pause and resume: nothing further begins, whoever looks is told who paused it, and it goes on', async () => {
        const changeId = await observing('calm', '1.1.0');
        await said(changeId, 'pause', 200);
        await said(changeId, 'pause', 200); // twice is once
        const paused = await stage.until(changeId, 'paused', ({ state }) => state === 'paused');
        assert.match(waitingOf(paused), /paused since .* by dave: why not/);
        const before = stepsOf(paused).length;
        await said(changeId, 'promote', 409, /no observation is under way/);
        assert.equal(stepsOf(await stage.until(changeId, 'as it is', () => true)).length, before);
        await said(changeId, 'resume', 200);
        assert.equal((await closed(changeId)).state, 'succeeded');
        await recordHistories(stage, 'calm', changeId, 'paused-and-resumed');
        await recordHistories(stage, 'calm', changeId, 'standstill-told');
      });

      it('hold: a release stops at its next safe point until the line runs again; a rollback is never held', async () => {
        const hold = { service: 'calm', reason: 'the bank is down' };
        const changeId = await observing('calm', '1.2.0');
        assert.equal((await stage.ask('dave', 'POST', '/v1/holds', hold)).status, 200);
        const view = await stage.until(changeId, 'stopped', ({ state }) => state === 'paused');
        assert.match(waitingOf(view), /the line is held \(service\/calm\).*the bank is down/);
        const next = await stage.release('calm', '1.3.0');
        await said(changeId, 'rollback', 200);
        assert.equal((await closed(changeId)).state, 'rolled-back');
        await stage.until(next, 'stopped before it began', ({ state }) => state === 'paused');
        assert.equal((await stage.ask('alice', 'POST', '/v1/holds', { ...hold, lift: true })).status, 200);
        await stage.until(next, 'its gate', ({ state }) => state === 'awaiting-approval');
        await said(next, 'abort', 200);
      });
    });

    withCustomers('stopped', () => {
      it('a release that is to begin later lets others pass; one whose time has passed is refused, with that reason', async () => {
        const at = (ms: number) => new Date(Date.now() + ms).toISOString();
        const past = (moment: string) =>
          eventually(`it is past ${moment}`, () => (Date.now() > Date.parse(moment) ? true : undefined));
        const startAt = at(45_000);
        const later = await scheduled('stopped', '1.1.0', { startAt });
        const first = await stage.release('stopped', '1.2.0');
        await stage.until(first, 'its gate, before the other', ({ state }) => state === 'awaiting-approval');
        const startBy = at(10_000);
        const late = await scheduled('stopped', '1.3.0', { startBy });
        await past(startBy);
        assert.match((await closed(late)).outcome?.reason ?? '', /^it was to begin by 20/);
        await said(first, 'abort', 200);
        await stage.until(later, 'its time', ({ state }) => state === 'awaiting-approval');
        assert.ok(Date.now() >= Date.parse(startAt));
        await said(later, 'abort', 200);
        await closed(later);
      });

      it('abort: users are back on the stable lane, the candidate is left to be looked at, nothing is vetoed', async () => {
        const changeId = await observing('stopped', '1.3.0');
        await said(changeId, 'abort', 200);
        const view = await closed(changeId);
        assert.equal(view.state, 'aborted', view.outcome?.reason);
        assert.equal(
          view.outcome?.records.some((path) => path.includes('incident')),
          false,
        );
        const place = await placeOf('stopped');
        assert.deepEqual([place?.traffic.share, place?.fleet.candidate?.instances.length], [0, 2]);
        await recordHistories(stage, 'stopped', changeId, 'aborted');
        const next = await observing('stopped', '1.3.0'); // not vetoed
        await said(next, 'rollback', 200);
        await closed(next);
      });

      it('rollback vetoes the version, until a person lifts that with a reason', async () => {
        const changeId = await observing('stopped', '1.0.0');
        await said(changeId, 'rollback', 200);
        await closed(changeId);
        const refused = await ask('stopped', '1.0.0');
        assert.equal(refused.status, 409);
        assert.match(String(refused.body['detail']), /1\.0\.0 is vetoed since .*slipway veto stopped 1\.0\.0 --lift/);
        const lift = { version: '1.0.0', lift: true, reason: 'it was the test' };
        assert.equal((await stage.ask('alice', 'POST', '/v1/services/stopped/veto', lift)).status, 200);
        assert.equal((await ask('stopped', '1.0.0')).status, 202);
      });
    });

    withCustomers('disturbed', () => {
      it('a service that asks for it refuses a second release while it is busy', async () => {
        const changeId = await observing('disturbed', '1.1.0');
        const { status, body } = await ask('disturbed', '1.2.0');
        assert.equal(status, 409);
        assert.match(String(body['detail']), new RegExp(`busy with ${changeId}`));
        await said(changeId, 'abort', 200);
        await closed(changeId);
      });

      it('traffic that somebody else has moved is not written over: it is held, and people are asked', async () => {
        const changeId = await observing('disturbed', '1.1.0');
        const place = await placeOf('disturbed');
        const loaded = await loadConfig(join(stage.directory, 'slipway.yml'));
        assert.ok(loaded.ok);
        const traffic = createLocalTraffic({ dataDir: stage.dataDir, config: loaded.config });
        const generation = place?.fleet.generation ?? 0;
        const move = (share: number) =>
          traffic.shift({
            place: { service: 'disturbed', environment: 'production' },
            share,
            fence: { key: `somebody-${share}`, generation },
          });
        await move(40);
        await said(changeId, 'promote', 200);
        const held = await stage.until(changeId, 'held', ({ state }) => state === 'held');
        assert.match(waitingOf(held), /the share of disturbed in production is 40 %, not the 25 % written last/);
        await move(25);
        await said(changeId, 'retry', 200);
        await stage.until(changeId, 'the next observation', (view) => has(view, '06-observe'));
        await said(changeId, 'rollback', 200);
        assert.equal((await closed(changeId)).state, 'rolled-back');
        await recordHistories(stage, 'disturbed', changeId, 'held-and-retried');
      });

      it('fault 20: rollback mends what was terminated in the Temporal UI', async () => {
        const changeId = await observing('disturbed', '1.2.0');
        const client = await stage.client();
        await client.workflow.getHandle(rolloutId('production', 'disturbed')).terminate('by mistake');
        const view = await closed(changeId);
        assert.equal(view.state, 'failed');
        assert.equal((await placeOf('disturbed'))?.traffic.share, 25);
        const { status, body } = await stage.ask('dave', 'POST', `/v1/releases/${changeId}/rollback`, {
          reason: 'mend',
        });
        assert.equal(status, 202, JSON.stringify(body));
        assert.equal((await closed(body.changeId)).state, 'succeeded');
        const place = await placeOf('disturbed');
        assert.deepEqual([place?.traffic.share, place?.fleet.candidate], [0, undefined]);
        await recordHistories(stage, 'disturbed', body.changeId, 'mended');
      });
    });

    withCustomers('paired', () => {
      it('fault 18: abort and completion at one moment: it ends by one of the two, whole, and both are told what became of theirs', async () => {
        const changeId = await observing('paired', '1.1.0');
        const [aborted] = await Promise.all([
          say(changeId, 'dave', 'abort'),
          say(changeId, 'alice', 'promote', { full: true }),
        ]);
        const view = await closed(changeId);
        const { traffic, fleet } = (await placeOf('paired')) ?? {};
        const now = [view.state, traffic?.share, fleet?.stable?.artifact.version];
        if (aborted.status === 200) assert.deepEqual(now, ['aborted', 0, '1.0.0']);
        else assert.deepEqual(now, ['succeeded', 0, '1.1.0']);
      });

      it('fault 18: approve and reject at one moment: one rejection decides, unless the gate was passed before it came', async () => {
        const changeId = await stage.release('paired', '1.2.0');
        const gate = `/v1/releases/${changeId}/approvals`;
        await stage.until(changeId, 'its gate', ({ state }) => state === 'awaiting-approval');
        await stage.ask('grace', 'POST', gate, { decision: 'approve', comment: 'go' });
        const [approved, rejected] = await Promise.all([
          stage.ask('oscar', 'POST', gate, { decision: 'approve', comment: 'go' }),
          stage.ask('grace', 'POST', gate, { decision: 'reject', comment: 'stop' }),
        ]);
        if (rejected.status === 200) assert.equal((await closed(changeId)).state, 'refused');
        else {
          assert.deepEqual([approved.status, rejected.status], [200, 409]);
          assert.match(String(rejected.body['detail']), /no gate is open/);
          await stage.until(changeId, 'observing', (view) => has(view, '04-observe'));
          await said(changeId, 'rollback', 200);
          assert.equal((await closed(changeId)).state, 'rolled-back');
        }
      });

      it('fault 19: demand and close at one moment: the version before is what runs in the end, by this release or by its comeback', async () => {
        const before = (await placeOf('paired'))?.fleet.stable?.artifact.version;
        const changeId = await observing('paired', '1.3.0');
        await said(changeId, 'promote', 200, undefined, { full: true });
        await stage.until(changeId, 'adopting', (view) => has(view, '09-adopt'));
        const { status, body } = await say(changeId, 'dave', 'rollback');
        assert.ok(status === 200 || status === 202, JSON.stringify(body));
        // A comeback begins as soon as the release has closed: what must be true after an end is true after that one.
        await closed(status === 202 ? body.changeId : changeId);
        await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
        await eventually('the version before', async () =>
          (await placeOf('paired'))?.fleet.stable?.artifact.version === before ? true : undefined,
        );
      });

      it('a demand that the release hears while its rollout adopts is done if it was acknowledged, and not half', async () => {
        const lift = { version: '1.3.0', lift: true, reason: 'once more' };
        assert.equal((await stage.ask('alice', 'POST', '/v1/services/paired/veto', lift)).status, 200);
        const before = (await placeOf('paired'))?.fleet.stable?.artifact.version;
        const changeId = await observing('paired', '1.3.0');
        await said(changeId, 'promote', 200, undefined, { full: true });
        await stage.until(changeId, 'the last shift', (view) => has(view, '07-shift'));
        const demand = asJson({ person: 'dave', reason: 'customers call' });
        await sendSignal(stage, releaseId('paired', changeId), 'rollback', demand);
        const view = await closed(changeId);
        const commands = view['commands'] as readonly { kind: string; outcome: string }[];
        const done = commands.some(({ kind, outcome }) => kind === 'rollback' && outcome === 'done');
        assert.equal(view.state, done ? 'rolled-back' : 'succeeded', view.outcome?.reason);
        assert.equal((await placeOf('paired'))?.fleet.stable?.artifact.version, done ? before : '1.3.0');
        if (view.rollouts.length > 1) await recordHistories(stage, 'paired', changeId, 'demand-while-adopting');
      });
    });
  });

  it('leaves records whose hash chain verifies', async () => {
    const { verified, findings } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
  });

  /** What is told of one service, one after the other: 1.0.0 runs, and has customers for as long as it lasts. */
  function withCustomers(service: string, stories: () => void): void {
    describe(service, { concurrency: 1 }, () => {
      let load: Load;
      before(async () => {
        const first = await stage.release(service, '1.0.0');
        await stage.approve(first);
        const url = await stage.production(service);
        await eventually(`${service} is open`, async () => ((await fetch(`${url}/version`)).ok ? true : undefined));
        load = startLoad({ url, requestsPerSecond: 12 });
        const { closedAt } = await stage.until(
          first,
          'observing or closed',
          (view) => has(view, '04-observe') || view.closedAt !== undefined,
        );
        if (closedAt === undefined)
          await stage.ask('alice', 'POST', `/v1/releases/${first}/promote`, { reason: 'first', full: true });
        const { state, outcome } = await closed(first);
        assert.equal(state, 'succeeded', outcome?.reason);
      });
      after(() => load.stop());
      stories();
    });
  }

  /** Carried as far as the first observation in production. */
  async function observing(service: string, version: string): Promise<string> {
    const changeId = await stage.release(service, version);
    await stage.approve(changeId);
    await stage.until(changeId, 'observing', (view) => has(view, '04-observe'));
    return changeId;
  }

  async function said(changeId: string, kind: string, status: number, says?: RegExp, more: object = {}): Promise<void> {
    const person = kind === 'promote' || kind === 'resume' || kind === 'skip' ? 'alice' : 'dave';
    const answer = await say(changeId, person, kind, more);
    assert.equal(answer.status, status, `${kind}: ${JSON.stringify(answer.body).slice(0, 500)}`);
    if (says) assert.match(String(answer.body['detail']), says);
  }

  const say = (changeId: string, person: string, kind: string, more: object = {}) =>
    stage.ask(person, 'POST', `/v1/releases/${changeId}/${kind}`, { reason: 'why not', ...more });

  /** A release with a time to begin at, or by. */
  async function scheduled(service: string, version: string, when: object): Promise<string> {
    const key = { 'idempotency-key': `${service}-${Math.random()}` };
    const { status, body } = await stage.ask('alice', 'POST', '/v1/releases', { service, version, ...when }, key);
    assert.equal(status, 202, JSON.stringify(body));
    return body.changeId;
  }

  const ask = (service: string, version: string) =>
    stage.ask(
      'alice',
      'POST',
      '/v1/releases',
      { service, version },
      { 'idempotency-key': `${service}-${Math.random()}` },
    );

  /** What must be true after every end is checked after every case, but for the one that was ended from outside. */
  const closed = async (changeId: string): Promise<View> => {
    const view = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    return view.state === 'failed' ? view : await closedWhole(stage, String(view['service']), changeId);
  };

  const placeOf = async (service: string) => {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    return report?.places.find((place) => place.service === service);
  };

  const stepsOf = ({ rollouts }: View) =>
    rollouts.findLast(({ environment }) => environment === 'production')?.steps ?? [];
  const has = (view: View, step: string): boolean => stepsOf(view).some(({ id }) => id === step);
  const waitingOf = (view: View): string => (view['waiting'] as { reason: string } | undefined)?.reason ?? '';
});
