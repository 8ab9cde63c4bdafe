import { type AuditedService, judgeAudit, pathsOf, spanOf } from '../src/domain/decisions/audit/judge-audit.js';
import { followUpStandings } from '../src/domain/decisions/follow-ups.js';
import { followUpPaths, followUpsIn } from '../src/domain/decisions/records/follow-ups.js';
import { drillNotices } from '../src/domain/decisions/drill-notices.js';
import type { Audited, AuditReport } from '../src/domain/audit.js';
import { Refused } from '../src/domain/failure.js';
import type { Governed } from '../src/domain/governed.js';
import type { Records } from '../src/ports/records.js';
import type { Workflows } from '../src/ports/workflows.js';
import { beating } from './beating.js';
import type { AuditActivities } from './contract.js';
import { engineTime } from './engine-time.js';
import { withCodes } from './faults.js';

/** What an audit works with. */
export interface AuditTools {
  readonly records: Records;
  readonly workflows: Pick<Workflows, 'standing'>;
  readonly governed: readonly Governed[];
}

/** What reads all records. */
export const createAuditActivities = (tools: AuditTools): AuditActivities =>
  withCodes<AuditActivities>({
    auditQuarter: (ask) => beating(() => auditQuarter(tools, ask)),
    recordAudit: (ask) => beating(() => recordAudit(tools, ask)),
  });

/** The governance audit of a quarter, as of now. Writes nothing. */
async function auditQuarter(
  { records, workflows, governed }: AuditTools,
  { quarter }: { readonly quarter: string },
): Promise<AuditReport> {
  const now = engineTime();
  const { from } = spanOf(quarter);
  if (from > now)
    throw new Refused('invalid', `quarter: met ${quarter}, which begins ${from}; wanted one that has begun`);
  const chain = await records.audit();
  const entries = await records.entries();
  const files = await records.read(pathsOf(entries, quarter));
  const services = await Promise.all(governed.map((one) => withStanding(one, workflows)));
  const followUps = followUpStandings(followUpsIn(await records.read(followUpPaths(entries))), now);
  return judgeAudit({ quarter, now, chain, entries, files, services, followUps });
}

/** The same, recorded: once a quarter, and only of one that is over. Asked for again it answers what is recorded. */
async function recordAudit(
  tools: AuditTools,
  { quarter, by }: { readonly quarter: string; readonly by: string },
): Promise<Audited> {
  const { records } = tools;
  const report = await auditQuarter(tools, { quarter });
  if (report.at < report.to)
    throw new Refused(
      'invalid',
      `quarter: met ${quarter}, which is over ${report.to}; wanted one that is over: only those are recorded`,
    );
  const { paths } = await records.write({
    kind: 'audit-reported',
    eventId: `audit/${quarter}`,
    audited: { report, by },
  });
  return { report: (await recordedReport(records, paths)) ?? report, paths };
}

/** What was recorded before stands, whatever the records say by now. */
async function recordedReport(records: Records, paths: readonly string[]): Promise<AuditReport | undefined> {
  const [file] = await records.read(paths.filter((path) => path.endsWith('.json')));
  return file?.intact === true ? (JSON.parse(file.text) as { readonly report: AuditReport }).report : undefined;
}

/** What people are to be told today of drills that fall due. */
export async function drillsDue({ workflows, governed }: Pick<AuditTools, 'workflows' | 'governed'>) {
  const now = engineTime();
  const services = await Promise.all(governed.map((one) => withStanding(one, workflows)));
  return drillNotices(services, now);
}

/** A service that was never released owes nothing, and has shown nothing. */
export async function withStanding(
  governed: Governed,
  workflows: Pick<Workflows, 'standing'>,
): Promise<AuditedService> {
  const { debts = [], evidence = [] } = (await workflows.standing(governed.service)) ?? {};
  return { ...governed, debts, evidence };
}
