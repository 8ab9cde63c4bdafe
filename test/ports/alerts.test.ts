import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAlerts } from '../../src/adapters/alertmanager/alerts.js';
import { createMemoryAlerts } from '../../src/adapters/memory/alerts.js';
import { alertsOf } from '../../src/config/meant-alerts.js';
import type { Alert } from '../../src/domain/alert.js';
import type { Alerts } from '../../src/ports/alerts.js';
import { isHere, openAlertmanager } from '../support/alertmanager.js';
import { aConfig } from '../support/front-door.js';

const place = { service: 'shop', environment: 'production' };

interface Opened {
  readonly alerts: Alerts;
  /** Has one fire that is named so, with these labels beside the usual ones. */
  fire(name: string, more?: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

/** What every source of alerts must do. */
function alertsSuite(name: string, open: () => Promise<Opened>, skip = false): void {
  describe(`alerts: ${name}`, { skip }, () => {
    let opened: Opened;
    before(async () => (opened = await open()));
    after(() => opened.close());

    it('where nothing fires there is none', async () => assert.deepEqual(await opened.alerts.critical(place), []));

    it('tells those that fire about the place, with what they are about', async () => {
      await opened.fire('Errors', { version: '1.1.0', lane: 'candidate' });
      const [alert, ...others] = await opened.alerts.critical(place);
      assert.deepEqual(others, []);
      assert.deepEqual(
        [alert?.name, alert?.severity, alert?.version, alert?.lane, alert?.summary],
        ['Errors', 'critical', '1.1.0', 'candidate', 'Errors is firing'],
      );
      assert.match(alert?.startsAt ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });

    it('tells all that are not over, and what each is about', async () => {
      const standing = await opened.alerts.standing();
      assert.deepEqual(standing.map(({ place: at, alert, muted }) => [at, alert.name, muted]).slice(0, 1), [
        [place, 'Errors', false],
      ]);
    });

    it('leaves out what is about other places', async () => {
      assert.deepEqual(await opened.alerts.critical({ ...place, environment: 'staging' }), []);
      assert.deepEqual(await opened.alerts.critical({ ...place, service: 'cart' }), []);
    });
  });
}

alertsSuite('in memory', () => {
  const alerts = createMemoryAlerts();
  return Promise.resolve({
    alerts,
    fire: (name, more) => {
      const alert = { id: name, name, severity: 'critical', status: 'firing', startsAt: new Date().toISOString() };
      alerts.fire(place, [{ ...alert, summary: `${name} is firing`, ...more } as Alert]);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});

const silent = 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';
const ofSource = (url: string, variables = {}, bearer?: { env: string }) =>
  createAlerts({
    config: { ...aConfig(), alerts: alertsOf({ alertmanager: { url, ...(bearer && { bearer }) } }, '/governance') },
    variables,
  })!;

const here = await isHere('prometheus-alertmanager');
alertsSuite(
  'of a real Alertmanager',
  async () => {
    const manager = await openAlertmanager(silent);
    return {
      alerts: ofSource(manager.url),
      fire: (alertname, more) =>
        manager.post(
          ...['critical', 'info'].map((severity) => ({
            labels: { alertname, ...place, severity, ...more },
            annotations: { summary: `${alertname} is firing` },
          })),
        ),
      close: () => manager.close(),
    };
  },
  !here,
);

describe('alerts: of a real Alertmanager', { skip: !here }, () => {
  it('knows which of those that are not over are silenced, and leaves out what is about nothing here', async () => {
    const manager = await openAlertmanager(silent);
    try {
      for (const [alertname, more] of [
        ['Quiet', {}],
        ['Loud', {}],
        ['Foreign', { service: 'billing' }],
        ['Unlabelled', { environment: '' }],
      ] as const)
        await manager.post({ labels: { alertname, severity: 'critical', ...place, ...more } });
      await manager.silence('Quiet');
      const standing = await ofSource(manager.url).standing();
      assert.deepEqual(standing.map(({ alert, muted }) => [alert.name, muted]).toSorted(), [
        ['Loud', false],
        ['Quiet', true],
      ]);
      assert.deepEqual(
        (await ofSource(manager.url).critical(place)).map(({ name }) => name),
        ['Loud'],
      );
    } finally {
      await manager.close();
    }
  });
});

describe('alerts: of an Alertmanager', () => {
  it('that does not answer is a fault, with its address', async () => {
    await assert.rejects(
      ofSource('http://127.0.0.1:1').critical(place),
      /the Alertmanager at http:\/\/127\.0\.0\.1:1 does not answer/,
    );
  });

  it('whose token is not there is a fault that names where it is looked for', async () => {
    await assert.rejects(
      ofSource('http://127.0.0.1:1', {}, { env: 'ALERTS_TOKEN' }).critical(place),
      /environment variable ALERTS_TOKEN for the Alertmanager holds nothing/,
    );
  });

  it('that the configuration does not name is none', () => {
    assert.equal(createAlerts({ config: aConfig(), variables: {} }), undefined);
  });
});
