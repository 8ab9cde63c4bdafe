import type { Command } from 'commander';
import { spoken } from '../domain/duration.js';
import type { AuditedView } from '../http/views/audit.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway audit report`: what the records of a quarter say. */
export function auditReportCommand(program: Command): void {
  verb(program, {
    usage: 'report',
    summary: 'what the records of a quarter say, and what must be looked at',
    description:
      'Releases, approvals, exceptions, debts, drills, rollbacks, the figures of DORA, and whether the chain holds. A quarter\n' +
      'that is over is recorded by itself on the first day of the next one; with --record now, once.',
    examples: [
      'slipway audit report',
      'slipway audit report --quarter 2026-Q4 --json | jq .report.dora',
      'slipway audit report --record',
    ],
  })
    .option('--quarter <quarter>', 'such as 2026-Q4; the last one that is over unless said')
    .option('--record', 'record it in the governance repository, and tell people')
    .action((flags: DoorFlags & { readonly quarter?: string; readonly record?: boolean }) =>
      atDoor(flags, async (door) => {
        const view = await door.audit(flags.quarter, flags.record ?? false);
        print(flags, view, auditLines(view));
        return view.report.chain.verified ? exitCodes.ok : exitCodes.fault;
      }),
    );
}

function auditLines({ report, paths }: AuditedView): readonly string[] {
  const { quarter, findings, chain, rollouts, approvals, dora, doraByService, timeToDetect, timeToSafe } = report;
  const rows = rollouts.map((of) => [
    ...[of.service, of.environment],
    ...[`${of.adopted} adopted`, `${of.rolledBack} rolled back`, `${of.aborted} aborted`, `${of.takenOver} taken over`],
  ]);
  return [
    `${quarter}: ${findings.length === 0 ? 'nothing' : findings.length} to look at; ${chain.records} records, the chain ${chain.verified ? 'holds' : 'does not hold'}`,
    ...findings.flatMap(({ text, owner, command }) => [
      `! ${owner}: ${text}`,
      ...(command === undefined ? [] : [`  ${command}`]),
    ]),
    ...columns(rows),
    ...columns([
      ['production', ...doraWords(dora)],
      ...Object.entries(doraByService).map(([name, of]) => [name, ...doraWords(of)]),
    ]),
    `time to detect ${spread(timeToDetect)}; time to safe ${spread(timeToSafe)}`,
    `${approvals.given} approvals, ${approvals.claimed} by a name that nothing proved; ${report.emergencies.length} emergencies, ${report.exceptions.length} exceptions, ${report.drills.length} drills`,
    ...(report.followUps
      ? [
          `${report.followUps.opened} follow-ups opened, ${report.followUps.closed} closed (${report.followUps.late} late), ${report.followUps.open.length} open`,
        ]
      : []),
    ...paths,
  ];
}

const doraWords = (of: AuditedView['report']['dora']): readonly string[] => [
  `${of.deployments} deployments (${of.deploymentsPerWeek} a week)`,
  `lead time ${spread(of.leadTime)}`,
  `${of.failed} of ${of.changes} changes failed`,
  `restored in ${spread(of.timeToRestore)}`,
];

/** Median and 95th percentile. */
const spread = ({ medianMs, p95Ms }: AuditedView['report']['timeToSafe']): string =>
  medianMs === undefined || p95Ms === undefined ? '–' : `${spoken(medianMs)} (p95 ${spoken(p95Ms)})`;
