import { setDefaultSignalHandler } from '@temporalio/workflow';
import { type Audited, type AuditOrder, type AuditReport, quarterBefore } from '../src/domain/audit.js';
import { auditing, telling } from './activities.js';
import { now } from './clock.js';

/** The governance audit of a quarter: looked at, or recorded once and told to people. */
export async function governanceAudit({ how, by, quarter = quarterBefore(now()) }: AuditOrder): Promise<Audited> {
  setDefaultSignalHandler(() => undefined);
  const audit = auditing(`governance audit of ${quarter} (${by})`);
  if (how === 'look') return { report: await audit.auditQuarter({ quarter }), paths: [] };
  const audited = await audit.recordAudit({ quarter, by });
  const told = telling(`governance audit of ${quarter}`).notify({ key: `audit/${quarter}`, text: noticeOf(audited) });
  await told.catch(() => undefined);
  return audited;
}

function noticeOf({ report, paths }: Audited): string {
  const { quarter, findings } = report;
  const owners = [...new Set(findings.map(({ owner }) => owner))].join(', ');
  const what = findings.length === 0 ? 'nothing to look at' : `${findings.length} to look at (${owners})`;
  const gravest = findings[0] ? `, the first: ${text(findings[0])}` : '';
  return `Governance audit of ${quarter}: ${what}${gravest}. ${paths[0] ?? ''}; slipway audit report --quarter ${quarter}`;
}

const text = ({ text: said, command }: AuditReport['findings'][number]): string =>
  command === undefined ? said : `${said}: ${command}`;
