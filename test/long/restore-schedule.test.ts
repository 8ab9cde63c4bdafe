import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Load } from '../../src/demo/load.js';
import type { Evidence } from '../../src/domain/readiness.js';
import { restoreScheduleOf, serviceId, serviceStanding } from '../../src/messages.js';
import { type DatabaseStage, openDatabaseStage } from '../support/database-stage.js';
import { eventually } from '../support/eventually.js';
import { type NoticeTaker, takeNotices } from '../support/notices.js';
import { opened } from '../support/opened.js';
import { query, withoutPostgres } from '../support/postgres.js';
import type { Stage, View } from '../support/stage.js';

/** A check that looks for its table by the path of whoever asks: a dump of it is taken, and cannot be restored. */
const unrestorable = `
  create table public.known (id int);
  create function public.is_known(int) returns boolean language sql immutable as 'select count(*) >= 0 from known';
  create table public.checked (id int check (public.is_known(id)));
  insert into public.checked values (1);
`;

/** The engine's own schedule, on a real server, over a real PostgreSQL that customers are ordering in. */
describe('the schedule of the restore test', { skip: withoutPostgres, timeout: 200_000 }, () => {
  let world: DatabaseStage;
  let stage: Stage;
  let notices: NoticeTaker;
  let customers: Load | undefined;
  before(async () => {
    notices = await takeNotices();
    const canary = '{ kind: canary, shares: [25, 100], window: 4s, afterwards: 2s, every: 1s }';
    world = await openDatabaseStage('shop', canary, { variables: notices.variables });
    ({ stage } = world);
    customers = await opened(stage, 'shop');
  });
  after(async () => {
    await customers?.stop();
    await world.close();
    notices.close();
  });

  it('is made by the worker of production: every day at 02:15 UTC', async () => {
    const { spec, state } = await (await schedule()).describe();
    const [calendar] = spec.calendars ?? [];
    assert.deepEqual([calendar?.hour[0]?.start, calendar?.minute[0]?.start, state.paused], [2, 15, false]);
  });

  it('rehearses the restore under way of all orders, keeps nothing, and is evidence by itself', async () => {
    const databases = () => query(world.address, 'select count(*)::int as n from pg_database');
    const before = await databases();
    await (await schedule()).trigger();
    const seen = await rehearsed(({ state }) => state === 'passed');
    const { rows, tables } = seen['proof'] as { readonly rows: number; readonly tables: number };
    assert.ok(rows > 0 && tables === 1, `${rows} rows of ${tables} tables`);
    const [shown] = await eventually('the mailbox has looked', async () => {
      const all = await evidence();
      return all.length > 0 ? all : undefined;
    });
    assert.deepEqual([shown?.item, shown?.source, shown?.by], ['restore-tested', 'system', 'slipway']);
    assert.match(shown?.what ?? '', /^1 tables with \d+ rows of production were dumped .* and are the same$/);
    assert.deepEqual(await databases(), before, 'the copy has gone');
  });

  it('that does not restore is told with the reason and the command, and the evidence stays as old as it was', async () => {
    const [before] = await evidence();
    await query(world.address, unrestorable);
    await (await schedule()).trigger();
    const text = await notices.told(/^The database of shop in production could not be restored/);
    assert.match(text, /known.* does not exist.*slipway restore-test shop --environment production$/s);
    const seen = await rehearsed(({ state }) => state === 'failed');
    assert.match(String(seen['reason']), /known/);
    assert.deepEqual(await evidence(), [before]);
  });

  const schedule = async () => (await stage.client()).schedule.getHandle(restoreScheduleOf('production'));

  const rehearsed = (is: (seen: View) => boolean): Promise<View> =>
    eventually('it was rehearsed', async () => {
      const { body } = await stage.ask('alice', 'GET', '/v1/services/shop/restore-tests?environment=production');
      return is(body) ? body : undefined;
    });

  const evidence = async (): Promise<readonly Evidence[]> => {
    const client = await stage.client();
    return (await client.workflow.getHandle(serviceId('shop')).query(serviceStanding)).evidence ?? [];
  };
});
