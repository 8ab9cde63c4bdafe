import { standing } from '../../approval.js';
import type { ApprovalDecision, ApprovalPolicy, ApprovalSubject, Roster } from '../../approval.js';
import { implementationWrangler } from '../../environment.js';
import type { Person, Role } from '../../environment.js';
import type { RolloutFacts } from './facts.js';
import { md } from './text.js';

/** Somebody who agreed to a rollout, in the role in which the word counted. */
export interface Approver extends ApprovalDecision {
  readonly role: Role;
}

/** The role in which somebody operates: Implementation Wrangler when held, else the first role held. */
export const operatorRole = (person: Person): Role =>
  person.roles.includes(implementationWrangler) ? implementationWrangler : (person.roles[0] ?? 'no-role');

/** A role as the spec writes it in deploy logs: `GOVERNANCE-SENTINEL`. */
export const roleName = (role: Role): string => role.toUpperCase();

/** Somebody with the role of the moment: `ada (implementation-wrangler)`. */
export const operator = (person: Person): string => `${md(person.person, 80)} (${md(operatorRole(person), 80)})`;

/** Who agreed to this rollout, as it stood when the last of them spoke; empty where nobody was asked. */
export function approvers(rollout: RolloutFacts): readonly Approver[] {
  const { order, plan } = rollout;
  const policy = order.stages.find((stage) => stage.environment === plan.place.environment)?.approval;
  const subject = { gate: plan.place.environment, digest: plan.to.digest, planHash: plan.hash };
  return policy ? agreed({ policy, subject, roster: order.roster }, rollout.approvals) : [];
}

/** Who agreed to a subject, each in the role in which the word counted; nobody where it was not approved. */
export function agreed(
  ask: { readonly policy: ApprovalPolicy; readonly subject: ApprovalSubject; readonly roster: Roster },
  approvals: readonly ApprovalDecision[],
): readonly Approver[] {
  const { subject } = ask;
  const yes = approvals.filter(
    (d) =>
      d.decision !== 'reject' &&
      d.gate === subject.gate &&
      d.digest === subject.digest &&
      d.planHash === subject.planHash,
  );
  const last = yes.reduce((latest, d) => (d.decision === 'approve' && d.at > latest ? d.at : latest), '');
  if (last === '') return [];
  const stands = standing(ask, yes, last);
  if (stands.kind !== 'approved') return [];
  return stands.by.flatMap(({ person, role }) => {
    const decision = yes.findLast((d) => d.person === person && d.decision === 'approve');
    return decision ? [{ ...decision, role }] : [];
  });
}

/** The approval chain as a sentence: `grace (governance-sentinel), oscar (service-owner)`. */
export const approvalChain = (by: readonly Approver[]): string =>
  by.map((a) => `${md(a.person, 80)} (${md(a.role, 80)}${a.proved ? '' : ', name only claimed'})`).join(', ');
