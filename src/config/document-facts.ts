import { isAbsolute, relative, sep } from 'node:path';
import type { DocumentFacts, ServiceFacts, StageFacts } from '../domain/decisions/documents/facts.js';
import { concerning } from '../domain/decisions/calendar/judge-calendar.js';
import type { Config, EnvironmentConfig, SecretReference, ServiceConfig, SmokeCheck } from './config.js';
import { stageOrders } from './orders.js';
import { nameOf, ownSecrets, secretsOf } from './secrets.js';

/** What the documents say of a configuration: nothing of the machine it was read on, and of variables the names alone. */
export const documentFacts = (config: Config, more: Pick<DocumentFacts, 'flags' | 'rotations'>): DocumentFacts => ({
  profile: config.profile,
  people: Object.entries(config.people).map(([person, { name, roles }]) => ({ person, name, roles })),
  environments: config.environments.map(({ name, tier, variables, atOnce, calendar, metrics }) => ({
    ...{ name, tier, variables: Object.keys(variables) },
    ...(atOnce !== undefined && { atOnce }),
    ...(calendar && { calendar }),
    ...(metrics && { metrics: metrics.url }),
    ...(calendar?.customers && { customers: nameOf(calendar.customers) }),
  })),
  services: Object.values(config.services).map((service) => serviceFacts(service, config)),
  keepArtifacts: config.keepArtifacts,
  alerts: {
    policy: config.alerts.policy,
    labels: config.alerts.labels,
    signedWith: config.alerts.secrets.map(nameOf),
    ...(config.alerts.alertmanager && { alertmanager: config.alerts.alertmanager.url }),
  },
  secrets: secretsOf(config).map(({ name, kind, uses, rotation }) => ({
    ...{ name, kind, uses },
    ...(rotation && { rotation }),
  })),
  ownSecrets,
  ...more,
});

function serviceFacts(service: ServiceConfig, config: Config): ServiceFacts {
  const { name, build, process, smoke, whenBusy, database } = service;
  return {
    name,
    repository: isAbsolute(service.repository) ? seenFrom(config.directory, service.repository) : service.repository,
    gates: build.gates.map(({ run }) => run),
    ...(build.run !== undefined && { build: build.run }),
    output: build.output,
    ...process,
    smoke: smoke.map(smokeText),
    whenBusy,
    ...(database && {
      database: { ...database, url: namesOf(database.url), scratch: namesOf(database.scratch) },
    }),
    stages: stagesOf(service, config),
  };
}

function stagesOf(service: ServiceConfig, config: Config): readonly StageFacts[] {
  const emergencies = stageOrders(config, service, 'emergency');
  return stageOrders(config, service).flatMap((order, i) => {
    const environment = config.environments.find(({ name }) => name === order.environment);
    const stage = service.stages[order.environment];
    const emergency = emergencies[i];
    if (!environment || !stage) return [];
    const calendar = environment.calendar && concerning(environment.calendar, service.name);
    return [
      {
        ...{ order, port: stage.port, variables: Object.keys(stage.variables) },
        ...(calendar && { calendar }),
        ...(emergency &&
          environment.emergency &&
          boardOf(config, environment.emergency) && {
            emergency: {
              order: emergency,
              escalateAfter: environment.emergency.escalateAfter,
              reviewWithin: environment.emergency.reviewWithin,
            },
          }),
      },
    ];
  });
}

/** Whether there are people who could approve what cannot wait. */
const boardOf = ({ people }: Config, { approval }: NonNullable<EnvironmentConfig['emergency']>): boolean =>
  Object.values(people).filter(({ roles }) => approval.roles.some((role) => roles.includes(role))).length >=
  approval.roles.length;

/** `order: POST /orders answers 201`. */
const smokeText = (check: SmokeCheck): string =>
  check.kind === 'http'
    ? `${check.name}: ${check.method.toUpperCase()} ${check.path} answers ${check.status}`
    : `${check.name}: ${check.run} exits with 0`;

const namesOf = (references: Readonly<Record<string, SecretReference>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(references).map(([environment, reference]) => [environment, nameOf(reference)]));

/** A folder as seen from the governance repository: the same for everybody whose folders lie alike. */
const seenFrom = (directory: string, path: string): string => relative(directory, path).split(sep).join('/') || '.';
