import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { Alert, AlertRecord, AlertsHeard } from '../../src/domain/alert.js';
import { createMemoryAlerts } from '../../src/adapters/memory/alerts.js';
import { DeskFault } from '../../src/http/desk.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';

const secrets = [Buffer.from('the newest secret').toString('base64'), Buffer.from('the one before').toString('base64')];

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor({ alertSecrets: () => Promise.resolve(secrets.map((secret) => `whsec_${secret}`)) });
});
after(() => door.close());
beforeEach(() => {
  door.desk.failWith(undefined);
  door.desk.listen((_place, alerts, by) => heard(alerts, by));
});

const heard = (
  alerts: readonly Alert[],
  by: string,
  outcome: AlertRecord['outcome'] = 'counting-down',
): AlertsHeard => ({
  changeId: 'change-20261124-01',
  records: alerts.map((alert) => ({ ...alert, at: tuesday, by, outcome, said: 'because' })),
  goesBack: outcome === 'demanded',
});

/** Alerts are known for a while: each test has its own. */
let count = 0;
const anAlert = (labels: Record<string, string> = {}, more: Record<string, unknown> = {}) => ({
  status: 'firing',
  labels: { alertname: 'Errors', service: 'shop', environment: 'production', severity: 'warning', ...labels },
  annotations: { summary: 'shop answers\n500' },
  startsAt: '2026-11-24T09:00:00.123456789+01:00',
  fingerprint: `f${++count}`,
  generatorURL: 'http://prometheus/graph',
  ...more,
});

const message = (...alerts: readonly unknown[]) => ({
  version: '4',
  groupKey: '{}:{}',
  status: 'firing',
  receiver: 'slipway',
  externalURL: 'http://alertmanager',
  alerts,
});

const send = (body: unknown) => door.ask('dave', 'POST', '/v1/alerts/alertmanager', { body });
const outcomes = (body: Record<string, unknown>) =>
  (body['alerts'] as readonly { outcome: string; said: string }[]).map(({ outcome, said }) => [outcome, said]);
const told = () => door.desk.said.filter(({ what }) => what === 'alert');

describe('A message that leaves alerts out', () => {
  const place = { service: 'shop', environment: 'production' };
  const alerts = createMemoryAlerts();
  let reading: FrontDoor;
  before(async () => (reading = await openFrontDoor({ alerts })));
  after(() => reading.close());
  const truncated = (...some: readonly unknown[]) =>
    reading.ask('dave', 'POST', '/v1/alerts/alertmanager', { body: { ...message(...some), truncatedAlerts: 2 } });
  const fires = (id: string, severity = 'critical'): Alert => ({
    ...{ id, name: id, severity, status: 'firing', startsAt: tuesday, summary: id },
  });
  const engineHeard = () =>
    reading.desk.said.flatMap(({ what, written }) => (what === 'alert' ? (written as readonly Alert[]) : []));

  it('has all that fire read where they are kept: none is lost, and none is told twice', async () => {
    reading.desk.listen((_place, some, by) => heard(some, by));
    const told = anAlert({}, { fingerprint: 'told', startsAt: tuesday });
    alerts.fire(place, [fires(`told@${tuesday}`, 'warning'), fires('first'), fires('second')]);
    const { status, body } = await truncated(told);
    assert.equal(status, 200);
    assert.equal(body['leftOut'], 'read at the Alertmanager: 2 more fire, 0 are over');
    assert.deepEqual(
      engineHeard().map(({ id }) => id),
      [`told@${tuesday}`, 'first', 'second'],
    );
  });

  it('has resolved what counts down and is kept there no more', async () => {
    alerts.fire(place, [fires('second')]);
    const { body } = await truncated(anAlert());
    assert.equal(body['leftOut'], 'read at the Alertmanager: 1 more fire, 2 are over');
    const over = engineHeard().flatMap(({ id, status }) => (status === 'resolved' ? [id] : []));
    assert.deepEqual(over, [`told@${tuesday}`, 'first']);
  });

  it('is to be sent again where they cannot be read now', async () => {
    alerts.fire(place, 'the Alertmanager is away');
    const { status, body, headers } = await truncated(anAlert());
    assert.deepEqual([status, headers.get('retry-after')], [503, '5']);
    assert.match(String(body['detail']), /alerts were left out, and cannot be read: the Alertmanager is away/);
  });
});

describe('The webhook of an Alertmanager', () => {
  it('tells what is under way of each alert, with its labels read', async () => {
    const { status, body } = await send(message(anAlert({ change: 'change-20261124-01', version: '1.1.0' })));
    assert.equal(status, 200);
    assert.deepEqual(outcomes(body), [['counting-down', 'because']]);
    const { at, written, from } = told().at(-1)!;
    assert.deepEqual([at.service, from.person], ['shop', 'dave']);
    assert.deepEqual(written, [
      {
        id: `f${count}@2026-11-24T08:00:00.123Z`,
        name: 'Errors',
        severity: 'warning',
        status: 'firing',
        startsAt: '2026-11-24T08:00:00.123Z',
        summary: 'shop answers 500',
        changeId: 'change-20261124-01',
        version: '1.1.0',
      },
    ]);
  });

  const foreign: readonly [what: string, labels: Record<string, string>, said: RegExp][] = [
    ['a service of others', { service: 'billing' }, /service billing is not released here; what is: shop, cart/],
    ['an environment of others', { environment: 'moon' }, /environment moon is not known here; what is: dev/],
    ['nothing in particular', { service: '' }, /no label service/],
  ];
  for (const [what, labels, said] of foreign)
    it(`says of an alert about ${what} why it moves nothing, and asks the engine nothing`, async () => {
      const before = told().length;
      const { status, body } = await send(message(anAlert(labels)));
      assert.equal(status, 200);
      assert.equal(outcomes(body)[0]?.[0], 'foreign');
      assert.match(outcomes(body)[0]?.[1] ?? '', said);
      assert.equal(told().length, before);
    });

  it('says that nothing is under way', async () => {
    door.desk.listen(() => undefined);
    const { body } = await send(message(anAlert()));
    assert.deepEqual(outcomes(body), [['ignored', 'no release of shop is under way or watched in production']]);
  });

  it('lets nobody in without a token', async () => {
    const { status } = await door.ask(undefined, 'POST', '/v1/alerts/alertmanager', { body: message(anAlert()) });
    assert.equal(status, 401);
  });

  for (const [what, body] of [
    ['no JSON', '{"version": '],
    ['nothing', ''],
    ['another version', { ...message(), version: '5' }],
    ['no alerts', { version: '4' }],
    ['more than 4 MB', 'x'.repeat(4 * 1_024 * 1_024 + 1)],
  ] as const)
    it(`does not refuse ${what}: it says so, and logs it`, async () => {
      const { status, body: answered } = await send(body);
      assert.equal(status, 200);
      assert.equal(typeof answered['notUnderstood'], 'string');
      assert.match(door.log.join('\n'), /alerts could not be understood/);
    });

  it('says how many alerts their sender has left out, that they are lost, and what would keep them', async () => {
    const { body } = await send({ ...message(anAlert()), truncatedAlerts: 7 });
    assert.equal(body['truncated'], 7);
    assert.match(String(body['leftOut']), /^lost: name the Alertmanager under alerts\.alertmanager/);
    assert.match(door.log.join('\n'), /"leftOut":"lost: .*alerts were left out by their sender/);
  });

  for (const kind of ['unreachable', 'deadline'] as const)
    it(`answers 503 where the engine is ${kind}, and takes it when it is sent again`, async () => {
      const alert = anAlert();
      door.desk.failWith(new DeskFault(kind, 'not there'));
      const { status, headers } = await send(message(alert));
      assert.deepEqual([status, headers.get('retry-after')], [503, '5']);
      door.desk.failWith(undefined);
      assert.deepEqual(outcomes((await send(message(alert))).body), [['counting-down', 'because']]);
    });

  it('asks the engine once about what it is told twice at the same moment', async () => {
    const before = told().length;
    const body = message(anAlert());
    const answers = await Promise.all([send(body), send(body), send(body)]);
    assert.deepEqual([...new Set(answers.map(({ text }) => text))].length, 1);
    assert.equal(told().length, before + 1);
  });

  it('fault 17: holds a storm back: 10,000 alerts about a release that goes back cost the engine a few calls', async (test) => {
    // However long a machine takes, the storm is one moment.
    test.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    door.desk.listen((_place, alerts, by) => heard(alerts, by, 'demanded'));
    const before = told().length;
    const storm = Array.from({ length: 100 }, () =>
      send(message(...Array.from({ length: 100 }, () => anAlert({ service: 'cart', severity: 'critical' })))),
    );
    const answers = await Promise.all(storm);
    assert.ok(answers.every(({ status }) => status === 200));
    const all = answers.flatMap(({ body }) => outcomes(body));
    assert.equal(all.length, 10_000);
    assert.ok(all.some(([outcome]) => outcome === 'demanded'));
    assert.ok(told().length - before <= 3, `${told().length - before} calls`);
  });

  it('keeps the latest, newest first, with what came of each', async () => {
    await send(message(anAlert({ alertname: 'Slow' })));
    const { body } = await door.ask('norma', 'GET', '/v1/alerts');
    const [first] = body['alerts'] as readonly Record<string, unknown>[];
    assert.deepEqual([first?.['name'], first?.['outcome']], ['Slow', 'counting-down']);
  });
});

describe('fault 43: a signed webhook', () => {
  const signed = (body: string, more: { secret?: string; at?: Date } = {}) => {
    const { secret = secrets[0]!, at = new Date() } = more;
    return {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
    };
  };
  const post = (body: string, headers: Record<string, string>) =>
    door.ask(undefined, 'POST', '/v1/alerts/generic', { body, headers });
  const written = (more: Record<string, unknown> = {}) =>
    JSON.stringify({ service: 'shop', environment: 'production', name: 'desk', severity: 'warning', ...more });

  it('is heard from whoever holds a secret, the newest or the one before', async () => {
    for (const secret of secrets) {
      const body = written({ id: `ticket-${++count}`, summary: 'customers cannot pay' });
      const { status, body: answered } = await post(body, signed(body, { secret }));
      assert.equal(status, 200);
      assert.deepEqual(outcomes(answered), [['counting-down', 'because']]);
    }
  });

  it('began when it was signed, unless it says so itself: one that is replayed is the same', async () => {
    const at = new Date();
    const body = written({ name: `desk-${++count}` });
    const before = told().length;
    await post(body, signed(body, { at }));
    await post(body, signed(body, { at }));
    assert.equal(told().length, before + 1);
    const [alert] = told().at(-1)?.written as readonly Alert[];
    assert.equal(alert?.startsAt, new Date(Math.floor(at.getTime() / 1_000) * 1_000).toISOString());
  });

  const refused: readonly [what: string, headers: (body: string) => Record<string, string>, said: RegExp][] = [
    ['no signature', () => ({}), /Missing required headers/],
    ['the signature of another body', () => signed('{}'), /No matching signature/],
    ['a secret of others', (body) => signed(body, { secret: 'YW5vdGhlcg==' }), /No matching signature/],
    [
      'a signature of ten minutes ago',
      (body) => signed(body, { at: new Date(Date.now() - 600_000) }),
      /too old.*signed 10 min ago by the clock of this front door/,
    ],
    [
      'a signature of tomorrow',
      (body) => signed(body, { at: new Date(Date.now() + 86_400_000) }),
      /too new.*from now by the clock of this front door/,
    ],
  ];
  for (const [what, headers, said] of refused)
    it(`is not let in with ${what}`, async () => {
      const before = told().length;
      const { status, text } = await post(written(), headers(written()));
      assert.equal(status, 401);
      assert.match(text, said);
      assert.equal(told().length, before);
    });

  it('fault 33: that one of the clocks keeps out is an alarm in the log, and another refusal is none', async () => {
    const alarms = () => door.log.filter((line) => line.includes('by the clock of this front door')).length;
    const before = alarms();
    await post(written(), signed('{}'));
    assert.equal(alarms(), before);
    const body = written();
    await post(body, signed(body, { at: new Date(Date.now() - 3_600_000) }));
    assert.equal(alarms(), before + 1);
    assert.ok(
      door.log.some((line) => line.includes('"level":40') && /signed (1 h|60 min) ago by the clock/.test(line)),
    );
  });

  it('is told what is wrong with what it says', async () => {
    const body = written({ status: 'resolved' });
    const { status, text } = await post(body, signed(body));
    assert.equal(status, 400);
    assert.match(text, /id or startsAt: which alert is resolved/);
  });

  it('is let in nowhere without a secret', async () => {
    const closed = await openFrontDoor();
    const { status, text } = await closed.ask(undefined, 'POST', '/v1/alerts/generic', { body: written() });
    await closed.close();
    assert.equal(status, 401);
    assert.match(text, /alerts\.webhook in slipway\.yml says nothing/);
  });
});
