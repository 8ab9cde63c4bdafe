import assert from 'node:assert/strict';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { Load } from '../../src/demo/load.js';
import type { Finding } from '../../src/domain/finding.js';
import type { ReleaseOutcome } from '../../src/domain/release.js';
import { recordsWatchId, releaseId } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories, recordHistory } from '../support/histories.js';
import { closedWhole } from '../support/invariants.js';
import { opened } from '../support/opened.js';
import { slipway } from '../support/slipway-cli.js';
import { openStage, type Stage, type View } from '../support/stage.js';

const canary = '{ kind: canary, shares: [25, 100], window: 3s, afterwards: 1s, every: 1s }';
const reason = 'the disk was lost';
const flags = 'flags:\n  banner: { description: a line above, owner: marketing, service: shop, on: false }\n';

/** The engine's database is the only store of running state: what it forgets is in the records and in the world. */
describe("fault 5: the engine's database is lost, or an older copy of it is put back", () => {
  let stage: Stage;
  let load: Load;
  const changes: string[] = [];
  const begun = new Date().toISOString();
  before(async () => {
    stage = await openStage({ shop: canary }, { environments: ['production'], latency: '2s', tolerance: '20%', flags });
    load = await opened(stage, 'shop');
  });
  after(async () => {
    await load.stop();
    await stage.close();
  });

  it('an older copy: it is found, told at start, and nothing is released', async () => {
    await down();
    await copyTo('after-1.0.0');
    await stage.startAgain();
    changes.push(await askedFor('1.1.0', 'ci-1.1.0'));
    await stage.approve(changes[0] ?? '');
    assert.equal((await closedWhole(stage, 'shop', changes[0] ?? '')).state, 'succeeded');
    await down();
    await putBack('after-1.0.0');
    const said = stage.log().length;
    await stage.startAgain();
    const told = new RegExp(`shop: the records know of ${changes[0]}, .*slipway reconcile shop --reason`);
    await eventually('it is told', () =>
      stage
        .log()
        .slice(said)
        .some((line) => told.test(line))
        ? true
        : undefined,
    );
    const finding = await found();
    assert.match(finding.text, /^shop: the records know of .* older copy of them was put back/);
    assert.equal(finding.command, 'slipway reconcile shop --reason "…" --dry-run');
    const { status, body } = await ask('/v1/releases', { service: 'shop', version: '1.2.0' }, 'later');
    assert.equal(status, 409, JSON.stringify(body));
    assert.match(String(body['detail']), /records know of .* slipway reconcile shop --reason/);
    assert.match(String((await standing())['behind']), /slipway reconcile shop/);
  });

  it('neither does a rollback go by what it remembers, and doctor says so', async () => {
    const { status, body } = await ask('/v1/services/shop/rollback', { reason: 'customers call' });
    assert.equal(status, 409, JSON.stringify(body));
    assert.match(String(body['detail']), /slipway reconcile shop/);
    const { out } = await slipway(['doctor', '--json', '--config', join(stage.directory, 'slipway.yml')], {});
    assert.match(out, /records know of .*"todo":"slipway reconcile shop/);
  });

  it('a dry run shows what would be restored, and restores nothing', async () => {
    const { status, body } = await ask('/v1/services/shop/reconcile', { reason, dryRun: true });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body['done'], versions(body)], [false, ['1.1.0', '1.0.0']]);
    assert.match(JSON.stringify(body['unknown']), /holds of the line are not recorded/);
    const { body: service } = await stage.ask('alice', 'GET', '/v1/services/shop');
    assert.match(String(service['behind']), /slipway reconcile shop/);
  });

  it('reconciled, it knows what runs and what was before; no key and no change is released again', async () => {
    const { status, body } = await ask('/v1/services/shop/reconcile', { reason });
    assert.equal(status, 200, JSON.stringify(body));
    assert.match(String((body['records'] as readonly string[])[0]), /^logs\/recoveries\/recovery_/);
    const now = await standing();
    assert.deepEqual(versions(now), ['1.1.0', '1.0.0']);
    assert.deepEqual([now['behind'], outcomes(now)], [undefined, ['1.1.0 succeeded', '1.0.0 succeeded']]);
    await over();
    const before = await stage.ledger('shop');
    assert.equal(await askedFor('1.1.0', 'ci-1.1.0'), changes[0]);
    assert.deepEqual((await standing())['queue'], []);
    assert.deepEqual(await stage.ledger('shop'), before);
    const again = await ask('/v1/services/shop/reconcile', { reason });
    assert.deepEqual([again.status, again.body['found'], again.body['done']], [200, undefined, false]);
  });

  it('the version before it comes back, and the next one is released, under numbers of their own', async () => {
    const { status, body } = await ask('/v1/services/shop/rollback', { reason: 'customers call' });
    assert.equal(status, 202, JSON.stringify(body));
    changes.push(body.changeId);
    assert.equal((await closedWhole(stage, 'shop', body.changeId)).state, 'succeeded');
    assert.deepEqual(await inProduction(), { share: 0, stable: '1.0.0' });
    changes.push(await stage.release('shop', '1.2.0'));
    await stage.approve(changes.at(-1) ?? '');
    assert.equal((await closedWhole(stage, 'shop', changes.at(-1) ?? '')).state, 'succeeded');
    assert.deepEqual(await inProduction(), { share: 0, stable: '1.2.0' });
    assert.equal(new Set(changes).size, changes.length, changes.join());
    await recordHistories(stage, 'shop', changes.at(-1) ?? '', 'reconciled', ['service']);
    await recordHistory(stage, recordsWatchId, 'records-ahead--reconciler');
  });

  it('a key of a flag that was set before, and set back since, sets it no second time', async () => {
    const changeId = await setBanner('on', 'flag-1');
    await closedFlag('succeeded');
    await setBanner('off', 'flag-2');
    await closedFlag('succeeded');
    await down();
    await rm(engine('temporal.db'));
    await stage.startAgain();
    const { status, body } = await ask('/v1/services/shop/reconcile', { reason });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(await setBanner('on', 'flag-1'), changeId);
    assert.match((await closedFlag('refused')).outcome?.reason ?? '', /records say that .* has ended: .* another key/);
    const { body: seen } = await stage.ask('alice', 'POST', '/ofrep/v1/evaluate/flags/banner?environment=production', {
      context: {},
    });
    assert.equal(seen['value'], false);
  });

  it('all of it, with a release under way: traffic stands, the release is closed as lost, and one command mends it', async () => {
    const changeId = await stage.release('shop', '1.3.0');
    changes.push(changeId);
    await stage.approve(changeId);
    await stage.until(changeId, 'observing', ({ rollouts }) => rollouts.some(({ share }) => share === 25));
    assert.equal((await ask(`/v1/releases/${changeId}/pause`, { reason: 'wait' })).status, 200);
    await down();
    await rm(engine('temporal.db'));
    await stage.startAgain();
    assert.deepEqual(await inProduction(), { share: 25, stable: '1.2.0' });
    await found();
    assert.equal((await ask('/v1/services/shop/rollback', { reason: 'customers call' })).status, 409);
    const { status, body } = await ask('/v1/services/shop/reconcile', { reason });
    assert.equal(status, 200, JSON.stringify(body));
    assert.match(JSON.stringify(body['lost']), new RegExp(`${changeId}.*25 % of the users of production stay on it`));
    assert.match(JSON.stringify(body['restored']), /1\.1\.0 is vetoed: taken back by/);
    assert.deepEqual(outcomes(await standing()).slice(0, 2), ['1.3.0 failed', '1.2.0 succeeded']);
    const back = await ask('/v1/services/shop/rollback', { reason: 'customers call' });
    assert.equal(back.status, 202, JSON.stringify(back.body));
    changes.push(back.body.changeId);
    assert.equal((await closedWhole(stage, 'shop', back.body.changeId)).state, 'succeeded');
    assert.deepEqual(await inProduction(), { share: 0, stable: '1.2.0' });
    assert.doesNotMatch(JSON.stringify((await standing())['vetoes']), /"1\.2\.0"/);
    await over();
  });

  it('an older copy in which a release that is over still waits: it is ended before anything polls, and done no second time', async () => {
    const changeId = await stage.release('shop', '1.3.0');
    changes.push(changeId);
    await stage.until(changeId, 'waits', ({ state }) => state === 'awaiting-approval');
    await down();
    await copyTo('waiting-1.3.0');
    await stage.startAgain();
    await stage.approve(changeId);
    assert.equal((await closedWhole(stage, 'shop', changeId)).state, 'succeeded');
    await down();
    const before = await stage.ledger('shop');
    await putBack('waiting-1.3.0');
    await stage.startAgain();
    const { status } = await (await stage.client()).workflow.getHandle(releaseId('shop', changeId)).describe();
    assert.equal(status.name, 'TERMINATED');
    await found();
    const { body } = await ask('/v1/services/shop/reconcile', { reason });
    assert.deepEqual(versions(body), ['1.3.0', '1.2.0']);
    assert.deepEqual(await stage.ledger('shop'), before);
    assert.deepEqual(outcomes(await standing())[0], '1.3.0 succeeded');
  });

  it('customers were served all the while, and the hash chain verifies', async () => {
    await load.stop();
    const { failed, sent } = load.sentBetween(begun, new Date().toISOString());
    assert.deepEqual([failed, sent > 100], [0, true]);
    const { verified, findings } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
    assert.equal(new Set(changes).size, changes.length, changes.join());
  });

  async function down(): Promise<void> {
    const { start } = await stage.pids();
    process.kill(start, 'SIGTERM');
    await eventually('it has ended', () => (isThere(start) ? undefined : true));
  }

  async function copyTo(name: string): Promise<void> {
    await mkdir(join(stage.dataDir, name));
    for (const file of await database()) await cp(engine(file), join(stage.dataDir, name, file));
  }

  async function putBack(name: string): Promise<void> {
    for (const file of await database()) await rm(engine(file));
    await cp(join(stage.dataDir, name), join(stage.dataDir, 'engine'), { recursive: true });
  }

  const engine = (file: string): string => join(stage.dataDir, 'engine', file);

  const database = async (): Promise<readonly string[]> =>
    (await readdir(join(stage.dataDir, 'engine'))).filter((file) => file.startsWith('temporal.db'));

  const ask = (path: string, body: unknown, key?: string) =>
    stage.ask('alice', 'POST', path, body, key === undefined ? {} : { 'idempotency-key': key });

  async function askedFor(version: string, key: string): Promise<string> {
    const { status, body } = await ask('/v1/releases', { service: 'shop', version }, key);
    assert.equal(status, 202, JSON.stringify(body));
    return body.changeId;
  }

  /** Two people approve it, where it waits for them. */
  async function setBanner(to: 'on' | 'off', key: string): Promise<string> {
    const wanted = { environment: 'production', reason: 'the campaign', to };
    const headers = { 'idempotency-key': key };
    const { status, body } = await stage.ask('alice', 'PUT', '/v1/flags/banner', wanted, headers);
    assert.equal(status, 202, JSON.stringify(body));
    const waits = await banner(({ state }) => state === 'awaiting-approval' || state === 'refused');
    const said = { decision: 'approve', comment: 'read it' };
    for (const person of waits.state === 'refused' ? [] : ['grace', 'oscar'])
      await stage.ask(person, 'POST', '/v1/flags/production/banner/change/approvals', said);
    return body.changeId;
  }

  const closedFlag = (state: string): Promise<View> => banner((view) => view.state === state);

  const banner = (is: (view: View) => boolean): Promise<View> =>
    eventually('the change of the flag', async () => {
      const { body } = await stage.ask('alice', 'GET', '/v1/flags/production/banner/change');
      return is(body) ? body : undefined;
    });

  const findings = async (): Promise<readonly Finding[]> =>
    (await stage.ask('alice', 'GET', '/v1/findings')).body['findings'] as readonly Finding[];

  const isAhead = ({ kind }: Finding): boolean => kind === 'records-ahead';

  const found = (): Promise<Finding> =>
    eventually('the records are ahead', async () => (await findings()).find(isAhead), { every: 300 });

  const over = (): Promise<true> =>
    eventually('it is over', async () => ((await findings()).some(isAhead) ? undefined : true), { every: 300 });

  const standing = async (): Promise<View> => (await stage.ask('alice', 'GET', '/v1/services/shop')).body;

  async function inProduction() {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    const { fleet, traffic } = report?.places.find((place) => place.service === 'shop') ?? {};
    return { share: traffic?.share, stable: fleet?.stable?.artifact.version };
  }
});

interface Runs {
  readonly current?: { readonly version: string };
  readonly former?: { readonly version: string };
}

/** In production: what runs, and what was before it. */
function versions(view: View): readonly (string | undefined)[] {
  const [production] = view['environments'] as readonly Runs[];
  return [production?.current?.version, production?.former?.version];
}

const outcomes = (view: View): readonly string[] =>
  (view['latest'] as readonly ReleaseOutcome[]).map(({ version, kind }) => `${version} ${kind}`);

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
