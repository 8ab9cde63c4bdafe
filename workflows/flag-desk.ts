import {
  CancellationScope,
  condition,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import {
  type ApprovalDecision,
  type ApprovalSubject,
  standing,
  type Standing,
  whyNot,
} from '../src/domain/approval.js';
import { after } from '../src/domain/duration.js';
import type {
  FlagAccepted,
  FlagChangeState,
  FlagPlan,
  FlagProgress,
  FlagSubmission,
} from '../src/domain/flag-change.js';
import type { Demand, Refusal } from '../src/domain/rollout.js';
import {
  approveSignal,
  commandSignal,
  decideFlagUpdate,
  flagProgress,
  type Heard,
  rejectSignal,
  retryFlagUpdate,
  rollbackFlagUpdate,
  submitFlagUpdate,
} from '../src/messages.js';
import { changeAttribute, stateAttribute } from './attributes.js';
import { now } from './clock.js';
import { refusal } from './commands.js';
import { flagDetails } from './flag-details.js';
import { answeredWith, hearDecisions, type OpenGate } from './deciding.js';
import { mailingCodes } from './mailing-codes.js';
import { readCommand } from './reading.js';
import { noteRefusal } from './refusals.js';
import { resolvable } from './resolvable.js';

/** How the wait for approvals ended. */
export type FlagGateEnd =
  Standing | { readonly kind: 'expired'; readonly reason: string } | { readonly kind: 'demanded' };

type Seen = Pick<FlagProgress, 'changeId' | 'plan' | 'approval' | 'outcome'>;

/** The desk of a change of a flag: what anybody says to it is heard, judged, answered, and written down, refused or not. */
export function openFlagDesk(submission: FlagSubmission) {
  const { request } = submission;
  const { approval: policy, roster, requester } = request;
  const rules = { policy, roster, requester: requester.person };
  const decisions: ApprovalDecision[] = [];
  const refused: Refusal[] = [];
  const records: string[] = [];
  const demanded = resolvable<Demand>();
  let state: FlagChangeState = 'opening';
  let seen: Seen = {};
  let gate: OpenGate | undefined;
  let demand: Demand | undefined;
  let stuck: string | undefined;
  let retries = 0;

  const decide = hearDecisions({
    ...{ roster, requester: requester.person, changeId: () => seen.changeId ?? '' },
    ...{ gate: () => gate, passed: () => undefined, hasApproved },
    ...{ shut: () => `the change is ${state}`, refuse, count: counted },
  });

  setHandler(flagProgress, progress, { description: 'How far this change is: plan, approvals, refusals, outcome.' });
  setHandler(submitFlagUpdate, submit, {
    description: 'Ask for a change of the flag (the front door does).',
    validator: refuseSenseless,
  });
  setHandler(approveSignal, (heard) => void decide(approveSignal.name, heard, 'approve'), {
    description: 'Approve what the details show. Example: {"person": "grace", "comment": "only for a quarter"}',
  });
  setHandler(rejectSignal, (heard) => void decide(rejectSignal.name, heard, 'reject'), {
    description: 'Reject it; one rejection decides. Example: {"person": "grace", "comment": "not before the weekend"}',
  });
  setHandler(commandSignal('rollback'), (heard) => void goBack(heard), {
    description: 'Set the flag back now, in whatever phase. Example: {"person": "dave", "reason": "orders fail"}',
  });
  setHandler(commandSignal('retry'), (heard) => void retry(heard), {
    description: 'A way back that is stuck is tried again. Example: "dave"',
  });
  setHandler(decideFlagUpdate, (heard) => answeredWith(decide(decideFlagUpdate.name, heard), answered), {
    description:
      'Approve or reject, answered at once. Example: {"person": "grace", "decision": "approve", "comment": "…"}',
  });
  setHandler(rollbackFlagUpdate, (heard) => answered(goBack(heard)), {
    description: 'Set it back now, answered at once. Example: {"person": "dave", "reason": "orders fail"}',
  });
  setHandler(retryFlagUpdate, (heard) => answered(retry(heard)), {
    description:
      'Try a stuck way back again, answered at once. Example: {"person": "dave", "reason": "file is mended"}',
  });
  setDefaultSignalHandler(
    (name) => void refuse(name, 'unknown sender', 'no such signal; possible: approve, reject, rollback, retry'),
  );
  void CancellationScope.current().cancelRequested.catch(() => {
    demandOnce({ by: 'the Temporal UI', reason: 'cancellation was requested', at: now(), cause: 'cancellation' });
  });
  show();

  return { enter, approval, unlessDemanded, progress, decisions, records, demanded: () => demand, retried };

  /** Waits until people have decided, the wait expires, or somebody demands the way back. */
  async function approval(plan: FlagPlan): Promise<FlagGateEnd> {
    const subject = { gate: request.environment, digest: plan.digest, planHash: plan.hash };
    gate = { policy, subject, expiresAt: after(now(), policy.expiresAfter) };
    if (whyNot(rules, requester.person) === undefined)
      count({
        ...subject,
        person: requester.person,
        decision: 'approve',
        comment: request.reason,
        at: now(),
        via: 'request',
        proved: true,
      });
    seen = { ...seen, approval: { subject, standing: stand(subject), expiresAt: after(now(), policy.expiresAfter) } };
    if (stand(subject).kind === 'waiting' && !demand) {
      enter('awaiting-approval');
      const over = () => stand(subject).kind !== 'waiting' || demand !== undefined;
      const decided = await mailingCodes(gate, codesAsked(), () =>
        condition(over, policy.expiresAfter, { summary: 'approval expires' }),
      );
      if (!decided) return close({ kind: 'expired', reason: `nobody decided in time: ${missing(stand(subject))}` });
    }
    return close(demand ? { kind: 'demanded' } : stand(subject));
  }

  function codesAsked() {
    const { flag, environment } = request;
    const command = `slipway flag approve ${flag} --environment ${environment} --comment "…"`;
    const have = Object.keys(roster).filter(hasApproved);
    return {
      changeId: seen.changeId ?? '',
      ...{ roster, requester: requester.person, have, what: `the flag ${flag}`, command },
    };
  }

  function close<T extends FlagGateEnd>(end: T): T {
    gate = undefined;
    return end;
  }

  /** The work, unless the way back is demanded first: then the work is cancelled, not waited for, and nothing is returned. */
  async function unlessDemanded<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (demand) return undefined;
    const scope = new CancellationScope({ cancellable: true, parent: CancellationScope.current() });
    const working = scope.run(work);
    working.catch(() => undefined);
    const done = await Promise.race([working, demanded.then((): typeof nothing => nothing)]);
    if (done !== nothing) return done;
    scope.cancel();
    return undefined;
  }

  /** Waits until somebody has a stuck way back tried again. */
  async function retried(why: string): Promise<void> {
    const before = retries;
    stuck = why;
    enter('stuck');
    await condition(() => retries > before);
    stuck = undefined;
    enter('going-back');
  }

  async function submit({ key }: FlagSubmission): Promise<FlagAccepted> {
    if (key !== submission.key)
      throw refusal(
        'Refused',
        `${seen.changeId ?? 'another change'} of ${request.flag} in ${request.environment} is under way (${state}): end it first, or wait`,
      );
    await condition(() => seen.changeId !== undefined);
    return { changeId: seen.changeId ?? '', fingerprint: submission.fingerprint };
  }

  function counted(decision: ApprovalDecision): void {
    count(decision);
    const { subject } = gate ?? {};
    if (seen.approval && subject) seen = { ...seen, approval: { ...seen.approval, standing: stand(subject) } };
    show();
  }

  /** One person's word counts once: saying it again changes nothing. */
  function count(decision: ApprovalDecision): void {
    const last = decisions.findLast((d) => d.person === decision.person);
    if (last?.decision !== decision.decision) decisions.push(decision);
  }

  function hasApproved(person: string): boolean {
    return decisions.findLast((d) => d.person === person)?.decision === 'approve';
  }

  function goBack(heard: Heard): string | undefined {
    const read = readCommand('rollback', heard);
    if (!read.ok) return refuse('rollback', read.from, read.reason);
    const { person, reason } = read.value;
    if (seen.outcome) return refuse('rollback', person, `the change is ${state}: set the flag again`);
    demandOnce({ by: person, reason, at: now(), cause: 'person' });
    return undefined;
  }

  function retry(heard: Heard): string | undefined {
    const read = readCommand('retry', heard);
    if (!read.ok) return refuse('retry', read.from, read.reason);
    if (state !== 'stuck') return refuse('retry', read.value.person, `nothing is stuck: ${state}`);
    retries += 1;
    return undefined;
  }

  function demandOnce(wanted: Demand): void {
    if (demand || seen.outcome) return;
    demand = wanted;
    demanded.resolve(wanted);
    show();
  }

  function refuse(message: string, from: string, reason: string): string {
    noteRefusal(refused, { at: now(), message, from, reason });
    show();
    return reason;
  }

  function answered(refusedFor: string | undefined): FlagProgress {
    if (refusedFor === undefined) return progress();
    throw refusal('Refused', refusedFor);
  }

  function enter(next: FlagChangeState, more: Seen = {}): void {
    const numbered = more.changeId !== undefined && seen.changeId === undefined;
    if (next !== state || numbered)
      upsertSearchAttributes([
        { key: stateAttribute, value: next },
        ...(numbered ? [{ key: changeAttribute, value: more.changeId ?? '' }] : []),
      ]);
    state = next;
    seen = { ...seen, ...more };
    show();
  }

  function stand(subject: ApprovalSubject): Standing {
    return standing({ policy, subject, roster }, decisions, now());
  }

  function show(): void {
    setCurrentDetails(flagDetails(progress()));
  }

  function progress(): FlagProgress {
    return { state, request, ...seen, ...(stuck !== undefined && { stuck }), decisions, refused, records };
  }
}

/** Stands for the work's answer when the demand came first. */
const nothing = Symbol('nothing');

const missing = (waiting: Standing): string =>
  waiting.kind === 'waiting' ? `${waiting.missing.join(' and ')} missing` : waiting.kind;

/** Only the front door submits; what somebody else sends by hand must not get half-way. */
function refuseSenseless(submission: unknown): void {
  const { request, key, fingerprint } = (submission ?? {}) as Partial<FlagSubmission>;
  if (typeof key === 'string' && typeof fingerprint === 'string' && typeof request?.flag === 'string') return;
  throw refusal('Refused', 'not a change of a flag: it is asked for at the front door, PUT /v1/flags/{name}');
}
