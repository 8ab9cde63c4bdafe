import type { Command } from 'commander';
import type { Finding } from '../domain/finding.js';
import type { ReleaseView } from '../http/views/release.js';
import type { ServiceView } from '../http/views/service.js';
import { readinessLines } from './evidence.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns, when } from './format.js';
import { releaseLines } from './sight.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway status`: what runs where, what is under way, and what waits for whom. */
export function statusCommand(program: Command): void {
  verb(program, {
    usage: 'status [service]',
    summary: 'what runs where, what is under way, what waits',
    description: 'Shows every service, or one: the version in each environment, the release under way and the queue.',
    examples: ['slipway status', 'slipway status shop', 'slipway status --json | jq .services'],
  }).action((service: string | undefined, flags: DoorFlags) =>
    atDoor(flags, async (door) => {
      const services = service === undefined ? await door.services() : [await door.service(service)];
      const ids = services.flatMap(({ underWay, queue }) => [...(underWay === undefined ? [] : [underWay]), ...queue]);
      const { findings } = await door.findings();
      const ofThese = findings.filter(
        (finding) =>
          (service === undefined && finding.service === '') || services.some(({ name }) => name === finding.service),
      );
      const releases = await Promise.all(ids.map((changeId) => door.read(changeId)));
      print(flags, { services, findings: ofThese, releases }, [
        ...ofThese.flatMap(findingLines),
        ...statusLines(services, releases),
        ...(service === undefined ? [] : services.flatMap(readinessLines)),
      ]);
      return exitCodes.ok;
    }),
  );
}

/** What must be looked at comes first, with the command that mends it. */
export const findingLines = ({ since, text, command }: Finding): readonly string[] => [
  `! ${text} (since ${when(since)})`,
  `  ${command}`,
];

const statusLines = (services: readonly ServiceView[], releases: readonly ReleaseView[]): readonly string[] => [
  ...columns(services.flatMap(serviceRows)),
  ...services.flatMap(obstacles),
  ...releases.flatMap((release) => ['', ...releaseLines(release)]),
];

const serviceRows = ({ name, environments }: ServiceView): readonly (readonly string[])[] =>
  environments.map(({ environment, current, since }) => [
    name,
    environment,
    current?.tag ?? 'nothing',
    since === undefined ? '' : `since ${when(since)}`,
  ]);

/** What stands in the way of the next release, and the command that takes it away. */
const obstacles = ({ name, vetoes, holds, debts, drill, followUps, behind }: ServiceView): readonly string[] => [
  ...(behind === undefined ? [] : [`${name}: ${behind}`]),
  ...(drill ? [`${name}: a rollback is rehearsed in ${drill.environment} since ${when(drill.at)} by ${drill.by}`] : []),
  ...holds.map(
    ({ scope, by, at, reason }) => `${name}: the line is held (${scope}) since ${when(at)} by ${by}: ${reason}`,
  ),
  ...debts.flatMap(({ changeId, version, reason, due }) => [
    `${name}: the review of the emergency release ${changeId} (${version}: ${reason}) is due ${when(due)}${isOverdue(due) ? ', OVERDUE: standard releases are refused' : ''}`,
    `  slipway review ${name} ${changeId} --record docs/reviews/${changeId}.md --comment "…"`,
  ]),
  ...followUps
    .filter(({ state }) => state === 'open')
    .flatMap(({ id, owner, due, what }) => [
      `${name}: the follow-up ${id} is due ${due}, ${owner}: ${what}`,
      `  slipway follow-up close ${id} --comment "…"`,
    ]),
  ...vetoes.flatMap(({ version, by, at, reason }) => [
    `${name}: ${version} is vetoed since ${when(at)} by ${by}: ${reason}`,
    `  slipway veto ${name} ${version} --lift --reason "…"`,
  ]),
];

const isOverdue = (due: string): boolean => Date.parse(due) <= Date.now();
