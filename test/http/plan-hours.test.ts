import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createMemoryCalendars } from '../../src/adapters/memory/calendars.js';
import type { Calendar } from '../../src/domain/calendar.js';
import type { PlansView } from '../../src/http/views/plan.js';
import { openFrontDoor } from '../support/front-door.js';
import { anArtifact, tuesday } from '../support/orders.js';

/** When could it start and end, and what stands in its way: asked on a Tuesday at 09:00 UTC, for a release of windows of 2 s. */
describe('A plan', async () => {
  const calendars = createMemoryCalendars();
  const door = await openFrontDoor({ calendars });
  after(() => door.close());

  async function planned(calendar: Partial<Calendar>): Promise<PlansView> {
    calendars.of.set('production', { windows: [], freezes: [], exceptions: [], ...calendar });
    const body = { service: 'shop', version: '1.1.0', ref: 'main' };
    const answer = await door.ask('alice', 'POST', '/v1/plans', { body });
    assert.equal(answer.status, 200, answer.text);
    return answer.body as unknown as PlansView;
  }
  const production = ({ stages }: PlansView) => stages.at(-1)!;
  const mornings = { kind: 'weekly', days: ['wed'], from: '06:00', to: '08:00', zone: 'Europe/Berlin' } as const;

  it('begins at once where no window is asked for', async () => {
    const { mayBegin, inTheWay } = production(await planned({}));
    assert.equal(mayBegin?.slice(0, 16), tuesday.slice(0, 16));
    assert.deepEqual(inTheWay, []);
  });

  it('tells the next opening of its calendar, the end of its windows, and why not now', async () => {
    const { mayBegin, mayEnd, inTheWay } = production(await planned({ windows: [mornings] }));
    assert.equal(mayBegin, '2026-11-25T05:00:00.000Z');
    assert.ok(mayEnd !== undefined && mayEnd > mayBegin, mayEnd);
    assert.deepEqual(inTheWay, [
      'outside the windows wed 06:00–08:00 Europe/Berlin; opens at 2026-11-25T05:00:00.000Z',
    ]);
  });

  it('says so where nothing opens', async () => {
    const ever = { name: 'ever', times: { ...mornings, days: ['wed'], from: '00:00', to: '24:00' }, reason: 'sold' };
    const { mayBegin, inTheWay } = production(await planned({ windows: [mornings], freezes: [ever] } as never));
    assert.equal(mayBegin, undefined);
    assert.match(inTheWay[0] ?? '', /^outside the windows .*; nothing opens within 400 days$/);
  });

  it('names what would refuse it or keep it waiting, with the way forward', async () => {
    const veto = { version: '1.1.0', by: 'slipway', reason: 'rolled back', at: tuesday };
    const debt = {
      changeId: 'change-20261101-01',
      version: '1.0.9',
      reason: 'pay',
      by: 'alice',
      at: '2026-11-01T00:00:00.000Z',
    };
    door.desk.stand({
      ...{ service: 'shop', running: {}, queue: ['change-20261124-07'], latest: [], underWay: 'change-20261124-06' },
      ...{ vetoes: [veto], debts: [{ ...debt, due: '2026-11-03T00:00:00.000Z' }] },
      running: { production: { current: anArtifact('1.0.0'), since: tuesday, changeId: 'change-20261101-01' } },
    });
    const { inTheWay } = await planned({});
    assert.equal(inTheWay.length, 3);
    assert.match(
      inTheWay[0] ?? '',
      /^1\.1\.0 is vetoed by slipway: rolled back\. To lift it: slipway veto shop 1\.1\.0 --lift/,
    );
    assert.match(
      inTheWay[1] ?? '',
      /^shop owes the review of its emergency release change-20261101-01 .*slipway review shop/,
    );
    assert.equal(inTheWay[2], '2 releases are before it');
  });

  it('names the hold of the line', async () => {
    const held = { scope: 'environment/production', by: 'alice', reason: 'the disk is full', services: ['shop'] };
    await door.desk.line({ kind: 'hold', ...held });
    const { stages } = await planned({});
    assert.deepEqual(
      stages.map(({ inTheWay }) => inTheWay),
      [[], [], ['the line is held (environment/production) by alice: the disk is full']],
    );
  });
});
