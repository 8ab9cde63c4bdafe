import type { Config } from '../config/config.js';
import {
  alertId,
  fingerprintOf,
  foreign,
  type Here,
  plain,
  type Told,
  toldBy,
  whyUnknown,
} from '../domain/decisions/told-alert.js';
import type { Instant } from '../domain/duration.js';
import type { AlertmanagerMessage, WrittenAlert } from './requests/alert.js';

/** The alerts of an Alertmanager's message, each matched by its labels. */
export function toldByAlertmanager({ alerts }: Pick<AlertmanagerMessage, 'alerts'>, config: Config): readonly Told[] {
  const here = hereIn(config);
  return alerts.map((alert) => toldBy(alert, here));
}

/** A signed alert of any other monitor. */
export function toldDirectly(written: WrittenAlert, ask: { config: Config; signedAt: Instant }): Told {
  const { service, environment, name, severity, status, summary, startsAt = ask.signedAt, change, version } = written;
  const place = { service, environment };
  const unknown = whyUnknown(place, hereIn(ask.config));
  if (unknown !== undefined) return foreign(name, unknown);
  const id = written.id ?? alertId(fingerprintOf({ service, environment, name, severity }), startsAt);
  const about = { ...(change !== undefined && { changeId: change }), ...(version !== undefined && { version }) };
  const alert = { id, name: plain(name), severity, status, startsAt, summary: plain(summary ?? name), ...about };
  return { kind: 'about', place, alert };
}

const hereIn = ({ alerts: { labels }, services, environments }: Config): Here => ({
  labels,
  services: Object.keys(services),
  environments: environments.map(({ name }) => name),
});
