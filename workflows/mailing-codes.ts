import { CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { CodesAsk } from '../activities/contract.js';
import { type ApprovalPolicy, type Roster, whyNot } from '../src/domain/approval.js';
import { mailing } from './activities.js';
import type { OpenGate } from './deciding.js';

interface Asked extends Pick<CodesAsk, 'what' | 'command'> {
  readonly changeId: string;
  readonly roster: Roster;
  readonly requester: string;
  /** Who has approved already, by asking. */
  readonly have: readonly string[];
}

/**
 * While people have to decide at a gate, each who may is sent the code of his own, for as long as it takes: no gate waits
 * for a mail server, and nothing is sent once it has closed.
 */
export async function mailingCodes<T>(gate: OpenGate, asked: Asked, deciding: () => Promise<T>): Promise<T> {
  const people = gate.policy.codes ? whoMay(gate.policy, asked) : [];
  if (people.length === 0) return await deciding();
  const { changeId, what, command } = asked;
  const { subject, expiresAt, policy } = gate;
  const scope = new CancellationScope();
  const sending = scope.run(() =>
    mailing(subject.gate, policy.expiresAfter).mailCodes({
      subject: { ...subject, changeId, expiresAt },
      ...{ people, what, command },
    }),
  );
  sending.catch((fault: unknown) => {
    if (!isCancellation(fault)) log.warn('codes are not sent any more', { why: String(fault) });
  });
  try {
    return await deciding();
  } finally {
    scope.cancel();
  }
}

const whoMay = (policy: ApprovalPolicy, { roster, requester, have }: Asked): readonly string[] =>
  Object.keys(roster).filter(
    (person) => !have.includes(person) && whyNot({ policy, roster, requester }, person) === undefined,
  );
