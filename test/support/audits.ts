import { type Audited, type AuditOrder, type AuditReport, quarterBefore, quarterSpan } from '../../src/domain/audit.js';
import { tuesday } from './orders.js';

const none = { deployments: 0, deploymentsPerWeek: 0, leadTime: { count: 0 }, changes: 0, failed: 0 };

/** The audit of a quarter in which nothing happened. */
export const anAuditReport = (more: Partial<AuditReport> = {}): AuditReport => ({
  quarter: '2026-Q3',
  ...(quarterSpan(more.quarter ?? '2026-Q3') ?? { from: tuesday, to: tuesday }),
  at: tuesday,
  findings: [],
  chain: { verified: true, records: 0, findings: [] },
  rollouts: [],
  ...{ compressed: 0, flagChanges: 0 },
  approvals: { given: 0, claimed: 0, roles: {} },
  ...{ emergencies: [], exceptions: [], rollbacks: [] },
  decisions: { written: 0, drafts: [] },
  debts: { owed: [], settled: 0 },
  ...{ drills: [], rehearsals: [] },
  dora: { ...none, timeToRestore: { count: 0 } },
  doraByService: {},
  timeToDetect: { count: 0 },
  timeToSafe: { count: 0 },
  followUps: { opened: 0, closed: 0, late: 0, open: [] },
  ...more,
});

/** What the engine's twin answers: one thing to look at, so that exit codes can be told apart. */
export const anAudited = ({ how, quarter = quarterBefore(tuesday) }: AuditOrder): Audited => ({
  report: anAuditReport({
    quarter,
    findings: [{ about: 'decision', text: 'a draft is open', owner: 'governance-sentinel' }],
  }),
  paths: how === 'look' ? [] : [`artifacts/integration/audit-${quarter}/audit.md`],
});
