import type { Instant, Milliseconds } from './duration.js';
import type { Role } from './environment.js';

/** Who must agree before a rollout may begin in an environment. */
export interface ApprovalPolicy {
  /** Every role, each by another person; one person counts once and in one role. A role that stands here twice takes two. */
  readonly roles: readonly Role[];
  /** Whether who asked for the release may approve it; if so and the role is held, asking is approving. */
  readonly requesterMayApprove: boolean;
  /** How long the gate waits, and how long an approval stays good. */
  readonly expiresAfter: Milliseconds;
  /** What proves who approves outside the front door: a one-time code. A bare name counts, and is marked so, when missing. */
  readonly proof?: 'code';
  /** Whether each who may approve is sent the code of his own by mail when the gate opens. */
  readonly codes?: 'mailed';
  /** Whether a signal proves who has sent it, by the principal that the engine has authenticated; codes count all the same. */
  readonly principals?: 'trusted';
}

/** What exactly is approved: an approval for one thing is not an approval for another. */
export interface ApprovalSubject {
  /** The environment whose rollout is approved. */
  readonly gate: string;
  readonly digest: string;
  readonly planHash: string;
}

/** What a one-time code is made for: for another person, release or plan, or at a gate that was opened anew, it is another code. */
export interface CodeSubject extends ApprovalSubject {
  readonly person: string;
  readonly changeId: string;
  readonly expiresAt: Instant;
}

/** Whether the engine has authenticated the sender of a signal as the person whom it names. */
export type PrincipalCheck =
  { readonly proved: true; readonly principal: string } | { readonly proved: false; readonly reason: string };

export type ApprovalChannel = 'http' | 'temporal' | 'request';

/** `revoke` takes an approval back that has not been used yet. */
export type Decision = 'approve' | 'reject' | 'revoke';

export const decisions: readonly Decision[] = ['approve', 'reject', 'revoke'];

/** One person's word on one subject. */
export interface ApprovalDecision extends ApprovalSubject {
  readonly person: string;
  readonly decision: Decision;
  readonly comment: string;
  readonly at: Instant;
  readonly via: ApprovalChannel;
  /** Whether the person was established by the front door; a name typed into the Temporal UI is only claimed. */
  readonly proved: boolean;
  /** Whom the engine has authenticated, where that was the proof: `jwt grace@example.org`. */
  readonly principal?: string;
}

/** Who holds which role: pinned when the release is asked for. */
export type Roster = Readonly<Record<string, readonly Role[]>>;

export type Standing =
  | { readonly kind: 'approved'; readonly by: readonly { readonly person: string; readonly role: Role }[] }
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'waiting'; readonly missing: readonly Role[]; readonly by: readonly string[] };

/**
 * Where the approval of a subject stands at a moment. One rejection decides. Approvals of another digest, plan or gate,
 * older than the policy lets them live, or taken back since, do not count.
 */
export function standing(
  ask: { readonly policy: ApprovalPolicy; readonly subject: ApprovalSubject; readonly roster: Roster },
  decisions: readonly ApprovalDecision[],
  now: Instant,
): Standing {
  const { policy, subject, roster } = ask;
  const heard = decisions.filter((d) => isAbout(d, subject));
  const rejection = heard.find((d) => d.decision === 'reject');
  if (rejection) return { kind: 'rejected', by: rejection.person, reason: rejection.comment };
  const fresh = heard.filter((d, i) => {
    const isOld = Date.parse(now) - Date.parse(d.at) > policy.expiresAfter;
    return d.decision === 'approve' && !isOld && !isRevoked(d, heard.slice(i));
  });
  const people = [...new Set(fresh.map((d) => d.person))];
  const filled = assign(policy.roles, people, roster);
  if (filled.length === policy.roles.length) return { kind: 'approved', by: filled };
  const missing = without(
    policy.roles,
    filled.map(({ role }) => role),
  );
  return { kind: 'waiting', missing, by: people };
}

/** What is left of a list of roles when each of the others has taken one away. */
const without = (roles: readonly Role[], taken: readonly Role[]): readonly Role[] =>
  taken.reduce<readonly Role[]>((left, role) => {
    const at = left.indexOf(role);
    return at < 0 ? left : left.toSpliced(at, 1);
  }, roles);

/** Why this person's decision cannot count at this gate; `undefined` when it can. The sentence names the rule. */
export function whyNot(
  ask: { readonly policy: ApprovalPolicy; readonly roster: Roster; readonly requester: string },
  person: string,
): string | undefined {
  const { policy, roster, requester } = ask;
  const roles = Object.hasOwn(roster, person) ? roster[person] : undefined;
  if (!roles) return `${person} is not one of the people of slipway.yml (${Object.keys(roster).join(', ')})`;
  if (!roles.some((role) => policy.roles.includes(role)))
    return `${person} holds ${roles.join(', ') || 'no role'}; this gate asks for ${asked(policy.roles)}`;
  if (person === requester && !policy.requesterMayApprove)
    return `${person} asked for this release; who asks does not approve`;
  return undefined;
}

/** The roles of a policy as a phrase: `service-owner and 2 of governance-board`. */
export const asked = (roles: readonly Role[]): string =>
  [...new Set(roles)]
    .map((role) => [role, roles.filter((other) => other === role).length] as const)
    .map(([role, people]) => (people === 1 ? role : `${people} of ${role}`))
    .join(' and ');

/** Whether somebody has taken a word back that he gave before. */
const isRevoked = ({ person }: ApprovalDecision, later: readonly ApprovalDecision[]): boolean =>
  later.some((other) => other.person === person && other.decision === 'revoke');

const isAbout = (d: ApprovalSubject, s: ApprovalSubject): boolean =>
  d.gate === s.gate && d.digest === s.digest && d.planHash === s.planHash;

interface Filled {
  readonly person: string;
  readonly role: Role;
}

/** As many roles as can be filled, each by another person: a matching, in which each role may move an earlier one aside. */
export function assign(roles: readonly Role[], people: readonly string[], roster: Roster): readonly Filled[] {
  const holds = (person: string, role: Role | undefined): boolean =>
    role !== undefined && Object.hasOwn(roster, person) && (roster[person]?.includes(role) ?? false);
  const taken = new Map<string, number>();
  const place = (index: number, asked: Set<string>): boolean => {
    const able = people.filter((person) => !asked.has(person) && holds(person, roles[index]));
    // Who is free comes first: nobody is moved aside without need.
    return [...able.filter((person) => !taken.has(person)), ...able].some((person) => {
      if (asked.has(person)) return false;
      asked.add(person);
      const other = taken.get(person);
      if (other !== undefined && !place(other, asked)) return false;
      taken.set(person, index);
      return true;
    });
  };
  for (const index of roles.keys()) place(index, new Set());
  const by = new Map([...taken].map(([person, index]) => [index, person]));
  return roles.flatMap((role, index) => {
    const person = by.get(index);
    return person === undefined ? [] : [{ person, role }];
  });
}
