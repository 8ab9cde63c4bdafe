import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { minutes } from '../../src/domain/duration.js';
import { aFile, configOf, problemsOf } from './support.js';

const and = (more: string): string => `${aFile()}\n${more}`;

describe('alerts', () => {
  it('that nothing is written of take a release back when they are critical; in the aftercare when they warn for long', async () => {
    const { alerts } = await configOf(aFile());
    assert.deepEqual(alerts.policy, {
      rollout: { critical: 0 },
      aftercare: { critical: 0, warning: minutes(15) },
    });
    assert.deepEqual([alerts.labels.service, alerts.secrets, alerts.alertmanager], ['service', [], undefined]);
  });

  it('are read with their severities, labels, secrets and source; the aftercare is as tight as before it unless it is tighter', async () => {
    const { alerts } = await configOf(
      and(
        'alerts: { severities: { critical: now, page: 5m }, labels: { service: app }, webhook: { secrets: [{ env: ALERTS }] }, alertmanager: { url: "http://127.0.0.1:9093/" } }',
      ),
    );
    assert.deepEqual(alerts.policy, {
      rollout: { critical: 0, page: minutes(5) },
      aftercare: { critical: 0, page: minutes(5), warning: minutes(15) },
    });
    assert.deepEqual([alerts.labels.service, alerts.labels.severity], ['app', 'severity']);
    assert.deepEqual(alerts.secrets, [{ kind: 'env', name: 'ALERTS' }]);
    assert.deepEqual(alerts.alertmanager, { url: 'http://127.0.0.1:9093' });
  });

  const refused: readonly (readonly [says: string, file: string, ...reads: string[]])[] = [
    [
      'a wait that is none',
      and('alerts: { severities: { critical: soon } }'),
      'slipway.yml:10:35 alerts.severities.critical: met "soon"; wanted now, or a duration such as 5m, at most 336h',
    ],
    [
      'critical ones that may wait, where the profile binds',
      and('alerts: { severities: { critical: 5m } }'),
      'slipway.yml:10:35 alerts.severities.critical: met "5m"; wanted now: a critical alert takes a release back at once (SPEC-0701 §Deployment Verification)',
    ],
    [
      'a password in the address of an Alertmanager',
      and('alerts: { alertmanager: { url: "http://me:hunter2@alerts" } }'),
      'slipway.yml:10:32 alerts.alertmanager.url: met "http://…@alerts"; wanted an address such as http://127.0.0.1:9093, without a password, not link-local',
    ],
    [
      'a metadata address as that of an Alertmanager (fault 44)',
      and('alerts: { alertmanager: { url: "http://169.254.169.254" } }'),
      'slipway.yml:10:32 alerts.alertmanager.url: met "http://169.254.169.254"; wanted an address such as http://127.0.0.1:9093, without a password, not link-local',
    ],
    [
      'a label for what no alert is matched by',
      and('alerts: { labels: { team: team } }'),
      'slipway.yml:10:21 alerts.labels.team: met the unknown key "team"; possible: service, environment, severity, change, version, lane',
    ],
  ];
  for (const [says, file, ...reads] of refused)
    it(`refuse ${says}`, async () => assert.deepEqual(await problemsOf(file), reads));
});
