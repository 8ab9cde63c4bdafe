import { usualAlerts } from '../domain/alert.js';
import type { AlertsConfig } from './config.js';
import { referenceOf } from './meant-database.js';
import type { WrittenAlerts } from './schema-alerts.js';

const usualLabels: AlertsConfig['labels'] = {
  service: 'service',
  environment: 'environment',
  severity: 'severity',
  change: 'change',
  version: 'version',
  lane: 'lane',
};

/** What alerts come to: as usual where nothing is written, and in the aftercare no less than before it. */
export function alertsOf(
  { labels, severities, aftercare, webhook, alertmanager }: WrittenAlerts,
  directory: string,
): AlertsConfig {
  const rollout = severities ?? usualAlerts.rollout;
  const reference = alertmanager?.bearer && referenceOf(alertmanager.bearer, directory);
  return {
    labels: labelsOf(labels),
    policy: { rollout, aftercare: { ...(aftercare ?? { ...usualAlerts.aftercare, ...rollout }) } },
    secrets: (webhook?.secrets ?? []).map((secret) => referenceOf(secret, directory)),
    ...(alertmanager && { alertmanager: { url: alertmanager.url, ...(reference && { bearer: reference }) } }),
  };
}

const labelsOf = (written: WrittenAlerts['labels'] = {}): AlertsConfig['labels'] => ({
  ...usualLabels,
  ...Object.fromEntries(Object.entries(written).filter(([, label]) => label !== undefined)),
});
