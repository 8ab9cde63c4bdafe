import { standing, whyNot } from '../../src/domain/approval.js';
import { after } from '../../src/domain/duration.js';
import type { FlagAccepted, FlagProgress, FlagRequest, FlagSubmission } from '../../src/domain/flag-change.js';
import { type Caller, DeskFault } from '../../src/http/desk.js';
import type { FlagAddress, FlagDesk, FoundFlagChange } from '../../src/http/flag-desk.js';
import type { WrittenDecision } from '../../src/messages.js';
import { tuesday } from './orders.js';

/** The flags' desk in memory: the same promises, and whatever a test wants to have happened. */
export interface MemoryFlagDesk extends FlagDesk {
  readonly submissions: readonly FlagSubmission[];
  readonly said: readonly { readonly what: string; readonly at: FlagAddress; readonly from: Caller }[];
  /** Changes what the latest change of a flag says of itself. */
  put(progress: FlagProgress, run?: Partial<FoundFlagChange['run']>): void;
}

export function createMemoryFlagDesk(): MemoryFlagDesk {
  const changes = new Map<string, FoundFlagChange>();
  const accepted = new Map<string, FlagAccepted>();
  const submissions: FlagSubmission[] = [];
  const said: MemoryFlagDesk['said'][number][] = [];

  return {
    submissions,
    said,
    put,
    submit: (submission) => answer(() => submit(submission)),
    change: (at) => answer(() => changes.get(idOf(at))),
    decide: (at, decision, from) => hear('decide', at, from, (progress) => decide(progress, decision, from)),
    rollback: (at, _, from) => hear('rollback', at, from, (progress) => ({ ...progress, state: 'going-back' })),
    retry: (at, _, from) =>
      hear('retry', at, from, (progress) => {
        if (progress.state !== 'stuck') throw new DeskFault('refused', `nothing is stuck: ${progress.state}`);
        return { ...progress, state: 'going-back' };
      }),
  };

  function put(progress: FlagProgress, run: Partial<FoundFlagChange['run']> = {}): void {
    const { environment, flag } = progress.request;
    const workflowId = `flag-change/${environment}/${flag}`;
    const whole = { workflowId, runId: 'run-1', status: 'running', startedAt: tuesday, ...run } as const;
    changes.set(idOf({ environment, flag }), { run: whole, progress });
  }

  function submit({ request, key, fingerprint }: FlagSubmission): FlagAccepted {
    const id = `${idOf(request)}/${key}`;
    const known = accepted.get(id);
    if (known) return known;
    const there = changes.get(idOf(request));
    if (there?.run.status === 'running') throw new DeskFault('refused', 'another change of it is under way');
    submissions.push({ request, key, fingerprint });
    const changeId = `change-20261124-${String(submissions.length).padStart(2, '0')}`;
    put(aFlagChange(request, { changeId }));
    accepted.set(id, { changeId, fingerprint });
    return { changeId, fingerprint };
  }

  function hear(
    what: string,
    at: FlagAddress,
    from: Caller,
    follow: (progress: FlagProgress) => FlagProgress,
  ): Promise<FlagProgress> {
    return answer(() => {
      said.push({ what, at, from });
      const there = changes.get(idOf(at));
      if (there?.run.status !== 'running') throw new DeskFault('not-running', 'nothing runs that could hear it');
      const progress = follow(there.progress);
      put(progress);
      return progress;
    });
  }
}

/** A change of a flag as it waits for approvals. */
export function aFlagChange(request: FlagRequest, more: Partial<FlagProgress> = {}): FlagProgress {
  const { environment, flag, approval: policy, roster } = request;
  const from = { state: 'ENABLED', defaultVariant: 'off' } as const;
  const hashes = { digest: `sha256:${'cd'.repeat(32)}`, hash: `sha256:${'ab'.repeat(32)}` };
  const plan = { environment, flag, from, to: { ...from, defaultVariant: 'on' }, changes: true, ...hashes };
  const subject = { gate: environment, digest: plan.digest, planHash: plan.hash };
  const waits = standing({ policy, subject, roster }, [], tuesday);
  const approval = { subject, standing: waits, expiresAt: after(tuesday, policy.expiresAfter) };
  return { state: 'awaiting-approval', request, plan, approval, decisions: [], refused: [], records: [], ...more };
}

/** The rules of the workflow's gate, by the same functions of the domain. */
function decide(progress: FlagProgress, written: WrittenDecision, { person }: Caller): FlagProgress {
  const { request, approval, decisions } = progress;
  if (!approval) throw new DeskFault('refused', `no gate is open: the change is ${progress.state}`);
  const { approval: policy, roster, requester } = request;
  const why = whyNot({ policy, roster, requester: requester.person }, person);
  if (why !== undefined) throw new DeskFault('refused', why);
  const { decision = 'approve', comment = '' } = written;
  const one = { ...approval.subject, person, decision, comment, at: tuesday, via: 'http', proved: true } as const;
  const all = [...decisions, one];
  const stands = standing({ policy, subject: approval.subject, roster }, all, tuesday);
  const state = stands.kind === 'approved' ? 'setting' : progress.state;
  return { ...progress, state, decisions: all, approval: { ...approval, standing: stands } };
}

const idOf = ({ environment, flag }: FlagAddress): string => `${environment}/${flag}`;

async function answer<T>(give: () => T): Promise<T> {
  await Promise.resolve();
  return give();
}
