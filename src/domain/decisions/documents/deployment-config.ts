import { lasting, spoken } from '../../duration.js';
import { timesText } from '../calendar/judge-calendar.js';
import { bullets, md, page } from '../records/text.js';
import type { DocumentFacts, EnvironmentFacts, FlagFacts, ServiceFacts, StageFacts } from './facts.js';
import { approversText, code, standardsOf, grid, listed, strategyText, windowText, windowsOf } from './phrases.js';

/** What is configured, for whoever does not read `slipway.yml`: services, environments, calendars, flags, who is told. */
export const deploymentConfig = (facts: DocumentFacts): string =>
  page([
    '## Environments',
    `In order of promotion. Profile ${code(facts.profile.name)}${facts.profile.compressed ? ', whose windows are compressed: not evidence for SPEC-0701' : ''}. Artifacts are kept for ${lasting(facts.keepArtifacts)}.`,
    grid(
      ['environment', 'tier', 'variables', 'steps at once', 'figures from'],
      facts.environments.map(({ name, tier, variables, atOnce, metrics }) => [
        code(name),
        tier,
        listed(variables, 'none'),
        String(atOnce ?? 'as many as there are'),
        metrics === undefined ? 'the built-in proxy' : code(metrics),
      ]),
    ),
    '## People',
    grid(
      ['person', 'name', 'roles'],
      facts.people.map(({ person, name, roles }) => [
        code(person),
        md(name),
        roles.map((role) => md(role)).join(', ') || 'none',
      ]),
    ),
    ...facts.services.map((service) => serviceText(service, facts)),
    '## Calendars',
    ...facts.environments.map(calendarText),
    '## Feature flags',
    flagsText(facts.flags),
    '## Alerts',
    alertsText(facts),
    '## Notification channels',
    channelsText(facts),
  ]);

function serviceText(service: ServiceFacts, facts: DocumentFacts): string {
  const { name, repository, gates, build, output, run, health, ready, startWithin, stopWithin, smoke } = service;
  return page([
    `## Service ${md(name)}`,
    bullets([
      `Repository: ${code(repository)}`,
      `Quality gates: ${listed(gates, 'none')}`,
      ...service.stages.flatMap(({ order: { environment, gates: before } }) =>
        before
          ? [
              `Quality gates before ${code(environment)}: ${listed(
                before.map(({ run: line }) => line),
                'none',
              )}`,
            ]
          : [],
      ),
      `Built by ${build === undefined ? 'nothing: the checkout is packed' : code(build)}; packed is ${code(output)}`,
      `Started by ${code(run)}, ready within ${spoken(startWithin)} at ${code(ready)}, alive at ${code(health)}, ended within ${spoken(stopWithin)}`,
      `Smoke suite: ${smoke.map((check) => md(check)).join('; ')}`,
    ]),
    grid(
      ['environment', 'strategy', 'instances', 'port', 'variables', 'approved by'],
      service.stages.map((stage) => stageRow(stage, facts)),
    ),
    'Observation windows, and what they are judged by:',
    grid(['environment', 'at', 'window', 'criteria'], service.stages.flatMap(windowRows)),
    dataText(service),
  ]).trimEnd();
}

const stageRow = ({ order, port, variables }: StageFacts, { people }: DocumentFacts): readonly string[] => [
  code(order.environment),
  strategyText(order.strategy),
  String(order.instances),
  port === 0 ? 'chosen once and kept' : String(port),
  listed(variables, 'none'),
  approversText(order.approval, people),
];

const windowRows = ({ order }: StageFacts): readonly (readonly string[])[] =>
  windowsOf(order.strategy).map(({ of, window }) => [
    code(order.environment),
    of,
    windowText(window),
    standardsOf(window),
  ]);

function dataText({ database }: ServiceFacts): string {
  if (!database) return 'Data: none that releases migrate.';
  const { migration, url, scratch, dumpTimeout, statementTimeout, lockTimeout, keepBackups } = database;
  const places = Object.entries(url).map(([environment, secret]) => {
    const copy = scratch[environment];
    return `${md(environment)}: PostgreSQL by the secret ${code(secret)}${copy === undefined ? ', copies restored beside it' : `, copies restored by ${code(copy)}`}`;
  });
  return `Data, migrated by ${code(migration)} of a commit:\n\n${bullets([
    ...places,
    `A dump may take ${spoken(dumpTimeout)}, a script ${spoken(statementTimeout)}, and waits ${spoken(lockTimeout)} for a table; backups are kept for ${lasting(keepBackups)}, the latest three always.`,
  ])}`;
}

function calendarText({ name, calendar, customers }: EnvironmentFacts): string {
  const { windows = [], freezes = [], exceptions = [] } = calendar ?? {};
  const whose = (services: readonly string[] | undefined): string =>
    services ? ` (${services.map((one) => md(one)).join(', ')})` : '';
  return `${code(name)}:\n\n${bullets([
    windows.length === 0
      ? 'windows: none, at any time'
      : `windows: ${windows.map((times) => md(timesText(times))).join('; ')}`,
    ...freezes.map(
      ({ name: freeze, times, reason, services }) =>
        `freeze ${md(freeze)}${whose(services)}: ${md(timesText(times))}, ${md(reason)}`,
    ),
    ...exceptions.map(
      ({ times, reason, approver, services }) =>
        `exception${whose(services)}: ${md(timesText(times))}, by ${md(approver)}, ${md(reason)}`,
    ),
    ...(customers === undefined ? [] : [`customers are told by the address in ${code(customers)}`]),
  ])}`;
}

const flagsText = (flags: readonly FlagFacts[]): string =>
  flags.length === 0
    ? 'None. They would be in `method/config/features.yml`.'
    : page([
        'As they are defined; how each is set now: `slipway flag list`.',
        grid(
          ['flag', 'what it does', 'owner', 'service', 'variants', 'environments', 'gone by'],
          flags.map(({ name, description, owner, service, variants, environments, expires }) => [
            code(name),
            md(description),
            md(owner),
            service === undefined ? 'none' : md(service),
            variants.map((variant) => md(variant)).join(', '),
            environments.map((environment) => md(environment)).join(', '),
            expires ?? 'no day is set',
          ]),
        ),
      ]).trimEnd();

function alertsText({ alerts: { policy, labels, signedWith, alertmanager } }: DocumentFacts): string {
  const severities = [...new Set([...Object.keys(policy.rollout), ...Object.keys(policy.aftercare)])];
  const comes = (wait: number | undefined): string =>
    wait === undefined ? 'is written down' : wait === 0 ? 'goes back at once' : `goes back after ${spoken(wait)}`;
  const said = Object.entries(labels).map(([what, label]) => `${what} by ${code(label)}`);
  return page([
    grid(
      ['severity', 'during a rollout', 'in the aftercare'],
      severities.map((severity) => [md(severity), comes(policy.rollout[severity]), comes(policy.aftercare[severity])]),
    ),
    bullets([
      `Labels of an alert: ${said.join(', ')}`,
      `Webhooks are signed with ${listed(signedWith, 'nothing: nobody may send them')}`,
      `Alerts that fire are read from ${alertmanager === undefined ? 'nowhere' : code(alertmanager)}`,
    ]),
  ]).trimEnd();
}

const channelsText = ({ ownSecrets, environments }: DocumentFacts): string =>
  bullets([
    'the log, always',
    ...Object.entries(ownSecrets).map(
      ([name, purpose]) => `${purpose}, where ${code(name)} is set for the workers of the house`,
    ),
    ...environments.flatMap(({ name, customers }) =>
      customers === undefined ? [] : [`customers of ${md(name)}, by the address in ${code(customers)}`],
    ),
  ]);
