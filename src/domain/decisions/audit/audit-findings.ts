import type { AuditFinding, AuditReport, OpenFollowUp } from '../../audit.js';
import { governanceSentinel, implementationWrangler, serviceOwner } from '../../environment.js';
import { commandFor, type ReadinessItem } from '../../readiness.js';
import { closing } from '../follow-ups.js';
import type { DeployLog } from '../records/deploy-log.js';

/** As many agree to what goes into production (SPEC-0701, Deployment Approvals). */
const wantedApprovals = 2;

/** What somebody has to look at, the gravest first: who, and by which command. */
export function auditFindings(
  report: Omit<AuditReport, 'findings'>,
  of: { readonly inProduction: readonly DeployLog[]; readonly chainFindings: number },
): readonly AuditFinding[] {
  return [
    ...chainFinding(report, of.chainFindings),
    ...report.rollbacks.flatMap(rollbackFinding),
    ...report.debts.owed.map(debtFinding),
    ...(report.followUps?.open ?? []).flatMap(followUpFinding),
    ...report.rehearsals.flatMap(rehearsalFinding),
    ...of.inProduction.flatMap(approvalFinding),
    ...claimedFinding(report),
    ...report.decisions.drafts.map(draftFinding),
  ];
}

function chainFinding({ chain }: Pick<AuditReport, 'chain'>, count: number): readonly AuditFinding[] {
  if (chain.verified) return [];
  const text = `the chain of the records does not hold: ${count} findings, the first: ${chain.findings[0] ?? 'none'}`;
  return [{ about: 'chain', text, owner: governanceSentinel, command: 'slipway audit verify' }];
}

function rollbackFinding(back: AuditReport['rollbacks'][number]): readonly AuditFinding[] {
  const { changeId, service, environment, version, verification } = back;
  if (verification === 'pass' || verification === 'none') return [];
  const seen = verification === 'missing' ? 'nobody has looked whether' : 'it was not seen that';
  const text = `${changeId}: ${service} ${version} went back in ${environment}, and ${seen} the former version serves again`;
  return [{ about: 'rollback', text, owner: serviceOwner, command: `slipway status ${service}` }];
}

const debtFinding = ({ service, changeId, due, overdue }: AuditReport['debts']['owed'][number]): AuditFinding => ({
  about: 'debt',
  text: `the review of the emergency release ${changeId} of ${service} is ${overdue ? 'overdue since' : 'due by'} ${due}`,
  owner: serviceOwner,
  command: `slipway review ${service} ${changeId} --record docs/reviews/${changeId}.md --comment "…"`,
});

function followUpFinding({ id, changeId, what, owner, due, overdue }: OpenFollowUp): readonly AuditFinding[] {
  const text = `the follow-up ${id} of ${changeId} is overdue since ${due}: ${what}`;
  return overdue ? [{ about: 'follow-up', text, owner, command: closing({ id }) }] : [];
}

function rehearsalFinding({
  service,
  item,
  state,
  reason,
}: AuditReport['rehearsals'][number]): readonly AuditFinding[] {
  if (state === 'holds') return [];
  const command = commandFor(item as ReadinessItem, service);
  const text = `${service}: ${reason}`;
  return [{ about: 'rehearsal', text, owner: implementationWrangler, ...(command !== undefined && { command }) }];
}

/** A comeback needs nobody's word. */
function approvalFinding(log: DeployLog): readonly AuditFinding[] {
  const { change_id: id, service, version, environment, strategy, outcome, approvals } = log;
  if (outcome !== 'adopted' || strategy === 'recovery' || approvals.length >= wantedApprovals) return [];
  const text = `${id}: ${service} ${version} was adopted in ${environment} with ${approvals.length} approvals; wanted ${wantedApprovals}`;
  return [{ about: 'approval', text, owner: governanceSentinel }];
}

function claimedFinding({ approvals: { given, claimed } }: Pick<AuditReport, 'approvals'>): readonly AuditFinding[] {
  const text = `${claimed} of ${given} approvals were given by a name that nothing proved`;
  return claimed === 0 ? [] : [{ about: 'approval', text, owner: governanceSentinel }];
}

const draftFinding = (path: string): AuditFinding => ({
  about: 'decision',
  text: `${path} is still a draft: root cause, prevention and the decision are to be completed, and its status to be changed`,
  owner: governanceSentinel,
});
