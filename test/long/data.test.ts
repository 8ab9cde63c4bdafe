import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import pg from 'pg';
import { type Load, startLoad } from '../../src/demo/load.js';
import { type DatabaseStage, openDatabaseStage } from '../support/database-stage.js';
import { deployLogOf } from '../support/deploy-log.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { closedWhole } from '../support/invariants.js';
import { opened } from '../support/opened.js';
import { query, withoutPostgres } from '../support/postgres.js';
import type { Answer, Stage, View } from '../support/stage.js';

const canary = '{ kind: canary, shares: [25, 100], window: 5s, afterwards: 2s, every: 1s }';

/** Data as users have it: a service on a real PostgreSQL, migrated, brought back and locked in by `slipway start`. */
describe('the data of a service', { skip: withoutPostgres, timeout: 280_000 }, () => {
  let world: DatabaseStage;
  let stage: Stage;
  let address: string;
  let customers: Load;
  const promised: { readonly id: string; readonly version: string }[] = [];
  const onOrder = (answer: string): void => void promised.push(JSON.parse(answer) as (typeof promised)[number]);

  before(async () => {
    world = await openDatabaseStage('shop', canary);
    ({ stage, address } = world);
    customers = await opened(stage, 'shop', { onOrder });
  });
  after(async () => {
    await customers.stop();
    await world.close();
  });

  it('is migrated after a backup that was restored and compared; plan, approval and records say what a rollback would do', async () => {
    const impact = /^A rollback of 1\.1\.0 leaves the data as it is: 1\.0\.0 works on it too/;
    assert.match(await plannedImpact('1.1.0'), impact);
    const changeId = await stage.release('shop', '1.1.0');
    assert.match(await impactAtGate(changeId), impact);
    const view = await approvedToItsEnd(changeId);
    assert.equal(view.state, 'succeeded', view.outcome?.reason);
    const { data } = await deployLogOf(stage, view);
    assert.match(data?.rollback_impact ?? '', impact);
    assert.match(data?.came_of_it ?? '', /^db\/0002-note\.sql was applied at/);
    const { file = '', digest, tables = [] } = data?.backup ?? {};
    assert.deepEqual(
      tables.map(({ table }) => table),
      ['public.orders'],
    );
    assert.ok((tables[0]?.rows ?? 0) > 0, 'the backup holds no order');
    const dump = await readFile(join(stage.dataDir, file));
    assert.equal(`sha256:${createHash('sha256').update(dump).digest('hex')}`, digest);
  });

  it('fault 25: comes back last when a person rolls back in a window, after workers died in the migration: nothing lost', async () => {
    const impact = /^A rollback of 2\.0\.0 ends with db\/0003-sku-back\.sql, rehearsed on a restored copy/;
    assert.match(await plannedImpact('2.0.0'), impact);
    const changeId = await stage.release('shop', '2.0.0');
    assert.match(await impactAtGate(changeId), impact);
    await whileHeld('lock table orders in access share mode', async () => {
      await stage.approve(changeId);
      await eventually('the migration waits for the table', () => scriptsThatWait());
      await killWorkers();
    });
    await eventually(
      'orders of 2.0.0',
      () => promised.filter(({ version }) => version === '2.0.0').length > 2 || undefined,
    );
    assert.equal((await command('dave', changeId, 'rollback')).status, 200);
    const view = await closed(changeId);
    assert.equal(view.state, 'rolled-back', view.outcome?.reason);
    assert.match(view.outcome?.reason ?? '', /^dave: /);
    const [traffic = '', ...then] = wayBackOf(view); // from whichever window the person found it in
    assert.match(traffic, /^0[57]-shift$/);
    assert.deepEqual(then, ['03-start', '02-migrate']);
    await recordHistories(stage, 'shop', changeId, 'migrated-and-reverted');

    const before = [...promised];
    const kept = new Map(
      (await query<{ id: string; item: string }>(address, 'select id, item from orders')).map((row) => [
        row.id,
        row.item,
      ]),
    );
    assert.deepEqual(
      before.filter(({ id, version }) => kept.get(id) !== `apple of ${version}`),
      [],
    );
    const { data } = await deployLogOf(stage, view);
    assert.match(
      data?.came_of_it ?? '',
      /^db\/0003-sku\.sql was applied .*, and db\/0003-sku-back\.sql took it back at/,
    );
    const [written] = data?.written_since_backup?.changed ?? [];
    assert.equal(written?.table, 'public.orders');
    assert.ok((written.now ?? 0) > (written.before ?? 0), JSON.stringify(written));
  });

  it('fault 25: that was changed for good is not left behind: a rollback is refused, and the release holds for a fix forward', async () => {
    const impact = /^Once db\/0006-no-note\.sql has run, 3\.0\.0 cannot be rolled back/;
    assert.match(await plannedImpact('3.0.0'), impact);
    const changeId = await stage.release('shop', '3.0.0');
    assert.match(await impactAtGate(changeId), impact);
    await customers.stop(); // nobody to judge it by: the window does not pass
    await stage.approve(changeId);
    await stage.until(changeId, 'observing', (view) => stepsOf(view).some(({ id }) => id === '06-observe'));
    for (const kind of ['rollback', 'abort']) isFinal(await command('dave', changeId, kind));
    const held = await stage.until(changeId, 'held', ({ state }) => state === 'held');
    assert.match(
      JSON.stringify(held['waiting']),
      /no request reached the candidate.*Release a fix forward.*`retry`; or skip/,
    );
    isFinal(await command('dave', changeId, 'rollback'));
    customers = startLoad({ url: await stage.production('shop'), requestsPerSecond: 25, onOrder });
    assert.equal((await command('alice', changeId, 'skip')).status, 200);
    const view = await closed(changeId);
    assert.equal(view.state, 'succeeded', view.outcome?.reason);
    await recordHistories(stage, 'shop', changeId, 'irreversible-and-held');

    isFinal(await command('dave', changeId, 'rollback'));
    isFinal(await stage.ask('dave', 'POST', '/v1/services/shop/rollback', { reason: 'customers call' }));
    const former = await closed(await stage.release('shop', '1.1.0'));
    assert.equal(former.state, 'refused');
    assert.match(
      former.outcome?.reason ?? '',
      /1\.1\.0 cannot come back: db\/0006-no-note\.sql of 3\.0\.0.*Release a fix forward/,
    );
  });

  it('keeps its own note, in which every migration and the revert stand once', async () => {
    const sql = `select what || ' ' || (change->'of'->>'version') as done from slipway_migration where change is not null order by id`;
    const done = (await query<{ done: string }>(address, sql)).map((row) => row.done);
    assert.deepEqual(done, ['migrate 1.0.0', 'migrate 1.1.0', 'migrate 2.0.0', 'revert 2.0.0', 'migrate 3.0.0']);
    const keys = (await stage.ledger('shop')).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('is in records whose hash chain verifies, and its password is in none of them', async () => {
    const { verified, findings } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
    const { stdout } = await execa('git', ['grep', '-l', world.password], { cwd: stage.directory, reject: false });
    assert.equal(stdout, '');
  });

  async function plannedImpact(version: string): Promise<string> {
    const { body } = await stage.ask('alice', 'POST', '/v1/plans', { service: 'shop', version });
    const [planned] = body['stages'] as readonly { readonly dataImpact?: string }[];
    return planned?.dataImpact ?? '';
  }

  /** What approvers read on the page of the release. */
  async function impactAtGate(changeId: string): Promise<string> {
    const view = await stage.until(changeId, 'its gate', ({ state }) => state === 'awaiting-approval');
    const [at] = view['stages'] as readonly { readonly plan?: { readonly dataImpact?: string } }[];
    return at?.plan?.dataImpact ?? '';
  }

  const closed = (changeId: string): Promise<View> => closedWhole(stage, 'shop', changeId);

  async function approvedToItsEnd(changeId: string): Promise<View> {
    await stage.approve(changeId);
    return await closed(changeId);
  }

  const command = (person: string, changeId: string, kind: string): Promise<Answer> =>
    stage.ask(person, 'POST', `/v1/releases/${changeId}/${kind}`, { reason: 'customers call' });

  function isFinal({ status, body }: Answer): void {
    assert.equal(status, 409, JSON.stringify(body));
    assert.match(
      String(body['detail']),
      /db\/0006-no-note\.sql of 3\.0\.0 is irreversible and has run.*Release a fix forward/,
    );
  }

  /** Somebody has the table open for as long as the work takes. */
  async function whileHeld(sql: string, work: () => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    try {
      await client.query(`begin; ${sql}`);
      await work();
    } finally {
      await client.end();
    }
  }

  async function scriptsThatWait(): Promise<true | undefined> {
    const sql = `select 1 from pg_stat_activity where application_name like 'slipway/%/%' and wait_event_type = 'Lock'`;
    return (await query(address, sql)).length > 0 || undefined;
  }

  async function killWorkers(): Promise<void> {
    const { workers } = await stage.pids();
    assert.ok(workers.length > 0);
    for (const pid of workers) process.kill(pid, 'SIGKILL');
  }
});

interface Taken {
  readonly id: string;
  readonly direction: 'forth' | 'back';
}

const stepsOf = ({ rollouts }: View): readonly Taken[] => (rollouts.at(-1)?.steps ?? []) as readonly Taken[];
const wayBackOf = (view: View): readonly string[] =>
  stepsOf(view).flatMap(({ id, direction }) => (direction === 'back' ? [id] : []));
