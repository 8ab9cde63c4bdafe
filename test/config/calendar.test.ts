import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aFile, configOf, problemsOf } from './support.js';

const environments = (production: string): string =>
  `{ dev: { tier: development }, staging: { tier: staging }, production: { tier: production, ${production} } }`;
const windows = (...each: readonly string[]): string =>
  aFile({ environments: environments(`windows: [${each.map((one) => `{ ${one} }`).join(', ')}]`) });
const and = (more: string): string => `${aFile()}\n${more}`;

const weekly = 'days: [mon, tue], from: "09:00", to: "16:00", zone: Europe/Berlin';
const once = '{ from: 2026-12-18T00:00, to: 2027-01-04T08:00, zone: Europe/Berlin }';

describe('windows, freezes and exceptions', () => {
  it('are read in three forms; a freeze is about production unless it says otherwise', async () => {
    const config = await configOf(
      [
        aFile({
          environments: environments(
            `windows: [{ ${weekly} }, { rrule: "FREQ=MONTHLY;BYDAY=1SU;COUNT=12", starting: 2026-01-04T02:00, for: 4h, zone: UTC }], customers: { notice: 2d, webhook: { env: CUSTOMERS } }`,
          ),
        }),
        `freezes: { year-end: { times: ${once}, reason: the shop must stand } }`,
        `exceptions: [{ times: ${once}, reason: a law, approver: grace, services: [shop] }]`,
      ].join('\n'),
    );
    const [dev, , production] = config.environments;
    assert.equal(dev?.calendar, undefined);
    const span = { kind: 'once', from: '2026-12-18T00:00', to: '2027-01-04T08:00', zone: 'Europe/Berlin' };
    assert.deepEqual(production?.calendar, {
      windows: [
        { kind: 'weekly', days: ['mon', 'tue'], from: '09:00', to: '16:00', zone: 'Europe/Berlin' },
        {
          ...{ kind: 'rule', rule: 'FREQ=MONTHLY;BYDAY=1SU;COUNT=12', starting: '2026-01-04T02:00', zone: 'UTC' },
          for: 4 * 3_600_000,
        },
      ],
      freezes: [{ name: 'year-end', times: span, reason: 'the shop must stand' }],
      exceptions: [{ times: span, reason: 'a law', approver: 'grace', services: ['shop'] }],
      customers: { kind: 'env', name: 'CUSTOMERS' },
      policy: { beforeTraffic: 'stop', withTraffic: 'finish', notice: 2 * 86_400_000 },
    });
  });

  const refused: readonly (readonly [says: string, file: string, ...reads: string[]])[] = [
    [
      'a day that does not exist',
      windows('days: [tuesday], from: "09:00", to: "16:00", zone: UTC'),
      'slipway.yml:3:124 environments.production.windows[0].days[0]: met "tuesday"; possible: mon, tue, wed, thu, fri, sat, sun',
    ],
    [
      'a zone that does not exist',
      windows('days: [tue], from: "09:00", to: "16:00", zone: Mars/Olympus'),
      'slipway.yml:3:164 environments.production.windows[0].zone: met "Mars/Olympus"; wanted a time zone such as Europe/Berlin or UTC',
    ],
    [
      'a window without an end',
      windows('days: [tue], from: "09:00", zone: UTC'),
      'slipway.yml:3:115 environments.production.windows[0]: met {"days":["tue"],"from":"09:00","zone":"UTC"}; wanted days, from, to and zone: to missing',
    ],
    [
      'a window that ends when it begins',
      windows('days: [tue], from: "09:00", to: "09:00", zone: UTC'),
      'slipway.yml:3:115 environments.production.windows[0]: met tue 09:00–09:00 UTC; wanted an end other than its beginning; a whole day is 00:00 to 24:00',
    ],
    [
      'a date that does not exist',
      windows('from: 2026-02-30T09:00, to: 2026-03-01T09:00, zone: UTC'),
      'slipway.yml:3:123 environments.production.windows[0].from: met "2026-02-30T09:00"; wanted a time such as 09:00 in quotes, or a moment such as 2026-12-18T09:00',
    ],
    [
      'a window that is over before it begins',
      windows('from: 2026-03-02T09:00, to: 2026-03-01T09:00, zone: UTC'),
      'slipway.yml:3:145 environments.production.windows[0].to: met "2026-03-01T09:00"; wanted a moment after 2026-03-02T09:00',
    ],
    [
      'a rule without end',
      windows('rrule: "FREQ=WEEKLY;BYDAY=SU", starting: 2026-01-04T02:00, for: 4h, zone: UTC'),
      'slipway.yml:3:124 environments.production.windows[0].rrule: met "FREQ=WEEKLY;BYDAY=SU"; wanted a rule that ends, by UNTIL or COUNT: one without end outlives whoever knows why it is there',
    ],
    [
      'a rule that no day meets',
      windows('rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=4", starting: 2026-01-04T02:00, for: 4h, zone: UTC'),
      'slipway.yml:3:124 environments.production.windows[0].rrule: met "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=4"; wanted a rule that at least one day meets',
    ],
    [
      'a freeze of what does not exist',
      and(`freezes: { year-end: { times: ${once}, reason: stand, services: [shp] } }`),
      'slipway.yml:10:128 freezes.year-end.services[0]: met "shp"; possible: shop. Did you mean shop?',
    ],
    [
      'an exception by somebody who may not make one',
      and(`exceptions: [{ times: ${once}, reason: a law, approver: alice }]`),
      'slipway.yml:10:119 exceptions[0].approver: met "alice"; wanted somebody with the role governance-sentinel or governance-board: grace',
    ],
    [
      'an exception without a reason',
      and(`exceptions: [{ times: ${once}, approver: grace }]`),
      'slipway.yml:10:14 exceptions[0].reason: met nothing; wanted text (numbers in quotes)',
    ],
    [
      'what happens when it closes, where nothing closes',
      aFile({ environments: environments('when-closed: { with-traffic: stop }') }),
      'slipway.yml:3:105 environments.production.when-closed: met {"with-traffic":"stop"}; wanted nothing: there is neither a window nor a freeze here that could close',
    ],
  ];
  for (const [says, file, ...reads] of refused)
    it(`${says} is refused`, async () => {
      assert.deepEqual(await problemsOf(file), reads);
    });
});
