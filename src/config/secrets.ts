import { normalize } from 'node:path';
import type { KnownSecret, RotationPlan, SecretReader, SecretUse } from '../domain/secret.js';
import type { Config, SecretReference } from './config.js';
import type { Written } from './schema.js';

/** Secrets of Slipway itself: processes read them from their environment, and no `slipway.yml` refers to them. */
export const ownSecrets: Readonly<Record<string, string>> = {
  SLIPWAY_WEBHOOK: 'where people are told by webhook',
  SLIPWAY_SMTP_URL: 'the mail server, with user and password',
  SLIPWAY_CDEVENTS_WEBHOOK: 'where machines are told',
};

/** A secret of the configuration, and where it is found. */
export interface ReferredSecret extends KnownSecret {
  readonly reference: SecretReference;
}

type Referring = Pick<Config, 'services' | 'environments' | 'alerts' | 'rotations'>;

/** Every secret that the configuration refers to, with all that it is for; of Slipway's own those that have a plan. */
export function secretsOf(config: Referring): readonly ReferredSecret[] {
  const own = Object.entries(ownSecrets).flatMap(([name, purpose]): Referred[] =>
    config.rotations[name] ? [referred({ kind: 'env', name }, purpose, 'house')] : [],
  );
  const all = [...ofServices(config), ...ofEnvironments(config), ...ofAlerts(config), ...own];
  const names = [...new Set(all.map(({ reference }) => nameOf(reference)))];
  return names.flatMap((name) => {
    const its = all.filter(({ reference }) => nameOf(reference) === name);
    const rotation = config.rotations[name];
    return its.slice(0, 1).map(({ reference }) => ({
      ...{ name, kind: reference.kind, reference, uses: its.map(({ use }) => use) },
      ...(rotation && { rotation }),
    }));
  });
}

/** What is written of rotations, by the names that secrets have here. */
export const rotationsOf = (written: Written['secrets']): Readonly<Record<string, RotationPlan>> =>
  Object.fromEntries(
    Object.entries(written).map(([name, { owner, ...plan }]) => [
      secretName(name),
      { every: plan['rotate-every'], owner },
    ]),
  );

/** The name of a secret from what people write: a variable's name, or the path of a file. */
export const secretName = (text: string): string => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : normalize(text));

/** What a secret is called by whoever refers to it. */
export const nameOf = (reference: SecretReference): string =>
  reference.kind === 'env' ? reference.name : reference.written;

interface Referred {
  readonly reference: SecretReference;
  readonly use: SecretUse;
}

const referred = (reference: SecretReference, purpose: string, reader: SecretReader): Referred => ({
  reference,
  use: { purpose, reader },
});

const ofServices = ({ services }: Referring): readonly Referred[] =>
  Object.values(services).flatMap(({ name, database }) => {
    if (!database) return [];
    const each = (of: Readonly<Record<string, SecretReference>>, what: string): readonly Referred[] =>
      Object.entries(of).map(([environment, reference]) =>
        referred(reference, `${what} of ${name} in ${environment}`, `environment/${environment}`),
      );
    return [...each(database.url, 'database'), ...each(database.scratch, 'server for restored copies')];
  });

const ofEnvironments = ({ environments }: Referring): readonly Referred[] =>
  environments.flatMap(({ name, calendar, metrics }) => [
    ...(calendar?.customers ? [referred(calendar.customers, `where customers of ${name} are told`, 'house')] : []),
    ...(metrics?.bearer ? [referred(metrics.bearer, 'token for the Prometheus', `environment/${name}`)] : []),
  ]);

function ofAlerts({ alerts, environments }: Referring): readonly Referred[] {
  const bearer = alerts.alertmanager?.bearer;
  return [
    ...alerts.secrets.map((reference) => referred(reference, 'what alerts are signed with', 'front-door')),
    ...environments.flatMap(({ name }) =>
      bearer ? [referred(bearer, 'token for the Alertmanager', `environment/${name}`)] : [],
    ),
  ];
}
