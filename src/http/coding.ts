import { type ApprovalPolicy, type ApprovalSubject, type Roster, type Standing, whyNot } from '../domain/approval.js';
import type { Instant } from '../domain/duration.js';
import type { ApprovalCodes } from '../ports/approval-codes.js';
import { Problem } from './problems.js';
import type { ApprovalCodeView } from './views/approval-code.js';

interface Waiting {
  readonly changeId: string;
  readonly approval:
    { readonly subject: ApprovalSubject; readonly standing: Standing; readonly expiresAt: Instant } | undefined;
  readonly policy: ApprovalPolicy;
  readonly roster: Roster;
  readonly requester: string;
}

/** The code that lets a signed-in person approve in the Temporal UI what waits now. Throws a problem where he could not approve it. */
export async function codeFor(
  person: string,
  { changeId, approval, policy, roster, requester }: Waiting,
  codes: ApprovalCodes,
): Promise<ApprovalCodeView> {
  if (approval?.standing.kind !== 'waiting') throw new Problem('refused', `${changeId} waits for no approval now`);
  const why = whyNot({ policy, roster, requester }, person);
  if (why !== undefined) throw new Problem('refused', why);
  const { subject, expiresAt } = approval;
  const code = await codes.codeFor({ ...subject, person, changeId, expiresAt });
  const { gate } = subject;
  return { person, changeId, gate, code, expiresAt, signal: { person, comment: '…', code } };
}
