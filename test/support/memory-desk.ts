import type { AlertsHeard } from '../../src/domain/alert.js';
import { standing, whyNot } from '../../src/domain/approval.js';
import { type CommandKind, type CommandRecord, ruleOn, type Situation } from '../../src/domain/command.js';
import { after, hours } from '../../src/domain/duration.js';
import { followUpStandings } from '../../src/domain/decisions/follow-ups.js';
import { secretsStanding } from '../../src/domain/decisions/rotations.js';
import type { RestoreOrder } from '../../src/domain/restore-test.js';
import type { KnownSecret, RecordedRotation } from '../../src/domain/secret.js';
import type { Urgent } from '../../src/domain/decisions/urgent.js';
import type { FollowUp, FollowUpWord } from '../../src/domain/follow-up.js';
import type { Finding } from '../../src/domain/finding.js';
import type { ReleaseOrder, ReleaseProgress } from '../../src/domain/release.js';
import type { Hold, RolloutPlan, RolloutProgress } from '../../src/domain/rollout.js';
import type { ScheduleSeen } from '../../src/domain/schedule.js';
import type { Accepted, ServiceStanding, Submission, Veto } from '../../src/domain/service.js';
import {
  type Address,
  type Caller,
  type Desk,
  DeskFault,
  type FoundRelease,
  type FoundRollout,
  type ListedRelease,
  type RestoreSeen,
  type SaidCommand,
} from '../../src/http/desk.js';
import type { FollowUps } from '../../src/ports/follow-ups.js';
import type { WrittenDecision } from '../../src/messages.js';
import { anAudited } from './audits.js';
import { aReconciled } from './recoveries.js';
import { anArtifact, aRequest, aStage, tuesday } from './orders.js';

/** The engine's twin in memory: the same promises, and whatever a test wants to have happened. */
export interface MemoryDesk extends Desk {
  readonly submissions: readonly Submission[];
  /** What was said to releases, in order. */
  readonly said: readonly {
    readonly what: string;
    readonly at: Address;
    readonly written: unknown;
    readonly from: Caller;
  }[];
  /** Puts a release there, or changes it. */
  put(release: FoundRelease, rollouts?: readonly FoundRollout[]): void;
  /** Sets what a service's mailbox answers. */
  stand(standing: ServiceStanding): void;
  /** Sets what the reconcilers have found. */
  find(findings: readonly Finding[]): void;
  /** Something was told urgently. */
  call(urgent: Urgent): void;
  /** Restores that were asked for, in order. */
  readonly rehearsed: readonly RestoreOrder[];
  /** Sets how a rehearsed restore is, or has ended. */
  restored(test: RestoreSeen): void;
  /** Sets what hears alerts; nothing does before. */
  listen(listener: (...heard: Parameters<Desk['alert']>) => AlertsHeard | undefined): void;
  /** Everything fails like this until it is `undefined` again. */
  failWith(fault: Error | undefined): void;
  looks(): number;
  /** What is kept of follow-ups, and puts one there. */
  readonly kept: FollowUps;
  leave(opened: FollowUp): void;
}

export function createMemoryDesk(knownSecrets: readonly KnownSecret[] = []): MemoryDesk {
  const releases = new Map<string, { release: FoundRelease; rollouts: readonly FoundRollout[] }>();
  const standings = new Map<string, ServiceStanding>();
  const accepted = new Map<string, Accepted>();
  const submissions: Submission[] = [];
  const vetoes = new Map<string, readonly Veto[]>();
  let holds: readonly Hold[] = [];
  let scheduled: readonly ScheduleSeen[] = [
    { name: 'retention', when: 'every day, 03:15 UTC', next: tuesday, underWay: false },
    { name: 'reminders', when: 'every day, 07:30 UTC', underWay: false, paused: 'nobody is here' },
  ];
  let listener: Parameters<MemoryDesk['listen']>[0] | undefined;
  const said: MemoryDesk['said'][number][] = [];
  let fault: Error | undefined;
  const restores = new Map<string, RestoreSeen>();
  const rehearsed: RestoreOrder[] = [];
  let looks = 0;
  let findings: readonly Finding[] = [];
  const urgents: Urgent[] = [];
  const rotations: RecordedRotation[] = [];
  const opened: FollowUp[] = [];
  const words: FollowUpWord[] = [];

  return {
    submissions,
    rehearsed,
    said,
    put(release, rollouts = []) {
      releases.set(release.progress.order.changeId, { release, rollouts });
    },
    listen: (heard) => (listener = heard),
    find: (found) => (findings = found),
    call: (urgent) => void urgents.push(urgent),
    restored: (test) => void restores.set(`${test.service} in ${test.environment}`, test),
    stand: (of) => void standings.set(of.service, of),
    failWith: (with_) => (fault = with_),
    looks: () => looks,
    kept: { standings: (now) => Promise.resolve(followUpStandings({ opened, words }, now)) },
    leave: (one) => void opened.push(one),

    submit: (submission) => answer(() => submit(submission)),
    standing: (service) => answer(() => standings.get(service)),
    serviceOf: (changeId) => answer(() => releases.get(changeId)?.release.progress.order.service),
    release: ({ changeId }) =>
      answer(() => {
        looks += 1;
        return releases.get(changeId)?.release;
      }),
    rollouts: ({ changeId }) => answer(() => releases.get(changeId)?.rollouts ?? []),
    list: ({ service, state, cursor, limit }) =>
      answer(() => {
        const all = [...releases.values()].map(({ release }) => listed(release)).reverse();
        const fitting = all.filter((r) => r.service === (service ?? r.service) && r.state === (state ?? r.state));
        const from = cursor === undefined ? 0 : Number(cursor);
        if (!Number.isInteger(from)) throw new DeskFault('cursor', 'not a cursor');
        const next = from + limit < fitting.length ? { next: String(from + limit) } : {};
        return { releases: fitting.slice(from, from + limit), ...next };
      }),
    alert: (place, alerts, by) =>
      answer(() => {
        said.push({ what: 'alert', at: { ...place, changeId: '' }, written: alerts, from: { person: by } });
        return listener?.(place, alerts, by);
      }),
    decide: (at, decision, from) => hear('decide', at, decision, from, (progress) => decide(progress, decision, from)),
    command: (at, kind, demand, from) => {
      let record: CommandRecord | undefined;
      const done = hear(kind, at, demand, from, (progress) => {
        record = recordOf(kind, demand, from, progress);
        if (record.outcome === 'refused') throw new DeskFault('refused', record.said);
        return { ...progress, ...(stateAfter[kind] && { state: stateAfter[kind] }) };
      });
      return done.then(() => record ?? unheard());
    },
    withdraw: (service, withdrawal) =>
      answer(() => {
        const standing = standings.get(service);
        const { changeId, by: person } = withdrawal;
        if (!standing?.queue.includes(changeId)) throw new DeskFault('refused', `${changeId} does not wait`);
        said.push({ what: 'withdraw', at: { service, changeId }, written: withdrawal, from: { person } });
        return standing;
      }),
    showEvidence: (service, { evidence }) =>
      answer(() => {
        const before = standings.get(service) ?? { service, running: {}, queue: [], latest: [] };
        const others = (before.evidence ?? []).filter(({ item }) => item !== evidence.item);
        const after = { ...before, evidence: [...others, evidence] };
        standings.set(service, after);
        return after;
      }),
    acknowledge: (service, { changeId, comment }, by) =>
      answer(() => {
        const before = standings.get(service) ?? { service, running: {}, queue: [], latest: [] };
        const known = { changeId, by, at: tuesday, ...(comment !== undefined && { comment }) };
        const after = { ...before, acknowledged: [...(before.acknowledged ?? []), known] };
        standings.set(service, after);
        return after;
      }),
    urgent: () => answer(() => urgents),
    drill: ({ service, stage: { environment }, by, at }) =>
      answer(() => {
        const drill = { environment, by, at, workflowId: `drill/${environment}/${service}` };
        const before = standings.get(service) ?? { service, running: {}, queue: [], latest: [] };
        if (before.drill) throw new DeskFault('refused', `a drill is under way in ${before.drill.environment}`);
        standings.set(service, { ...before, drill });
        return drill;
      }),
    review: (service, review) =>
      answer(() => {
        const before = standings.get(service);
        const debts = before?.debts ?? [];
        if (!before || !debts.some(({ changeId }) => changeId === review.changeId))
          throw new DeskFault('refused', `${service} owes no review of ${review.changeId}; owed: nothing`);
        said.push({
          what: 'review',
          at: { service, changeId: review.changeId },
          written: review,
          from: { person: review.by },
        });
        const after = { ...before, debts: debts.filter(({ changeId }) => changeId !== review.changeId) };
        standings.set(service, after);
        return after;
      }),
    reconcile: (service, order, by) =>
      answer(() => {
        said.push({ what: 'reconcile', at: { service, changeId: '' }, written: order, from: { person: by } });
        return aReconciled({ service, by, reason: order.reason }, order.dryRun);
      }),
    comeBack: ({ request, key, of }) =>
      answer(() =>
        submit({ request: { ...request, version: '1.0.0', description: `rollback of ${of}` }, key, fingerprint: '' }),
      ),
    veto: (service, { kind, version, by, reason }) =>
      answer(() => {
        const before = vetoes.get(service) ?? [];
        const others = before.filter((v) => v.version !== version);
        if (kind === 'lift' && others.length === before.length)
          throw new DeskFault('refused', `${version} is not vetoed`);
        const after = kind === 'lift' ? others : [...others, { version, by, reason, at: tuesday }];
        vetoes.set(service, after);
        return after;
      }),
    line: ({ kind, scope, by, reason }) =>
      answer(() => {
        const others = holds.filter((hold) => hold.scope !== scope);
        if (kind === 'release' && others.length === holds.length)
          throw new DeskFault('refused', `${scope} is not held`);
        holds = kind === 'release' ? others : [...others, { scope, by, reason, at: tuesday }];
        return holds;
      }),
    holds: () => answer(() => holds),
    sweep: ({ how }) => answer(() => ({ at: tuesday, looked: 0, old: [], removed: how === 'at-once' })),
    audit: (order) => answer(() => anAudited(order)),
    drift: ({ environment }) =>
      answer(() => {
        const here = findings.filter((finding) => finding.environment === environment);
        return { environment, at: tuesday, findings: here, passedOver: [] };
      }),
    restoreTest: (order) =>
      answer(() => {
        const { service, environment } = order;
        const there = `${service} in ${environment}`;
        if (restores.get(there)?.state === 'running') throw new DeskFault('refused', 'a restore is being rehearsed');
        restores.set(there, { service, environment, state: 'running', startedAt: tuesday });
        rehearsed.push(order);
      }),
    restoreSeen: (place) =>
      answer(() => restores.get(`${place.service} in ${place.environment}`) ?? { ...place, state: 'none' }),
    schedules: () => answer(() => scheduled),
    trigger: (name) =>
      answer(() => {
        const found = scheduled.find((one) => one.name === name);
        if (!found) return undefined;
        if (found.underWay) throw new DeskFault('refused', `${name} is under way: wait for its end`);
        scheduled = scheduled.map((one) => (one === found ? { ...one, last: tuesday, underWay: true } : one));
        return scheduled.find((one) => one.name === name);
      }),
    secrets: ({ by, rotation, reports }) =>
      answer(() => {
        if (rotation) {
          rotations.push({ ...rotation, saidAt: tuesday, purpose: '', reports, changeId: 'change-20261124-01' });
          said.push({ what: 'rotated', at: { service: '', changeId: '' }, written: rotation, from: { person: by } });
        }
        return secretsStanding({ secrets: knownSecrets, rotations, reports }, tuesday);
      }),
    followUp: (order) =>
      answer(() => {
        const id = order.how === 'open' ? `FU-000${opened.length + 1}` : order.word.id;
        if (order.how === 'open') opened.push({ id, ...order.opened });
        else words.push(order.word);
        const found = followUpStandings({ opened, words }, tuesday).find((one) => one.id === id);
        if (!found) throw new DeskFault('refused', `there is no follow-up ${id}`);
        return found;
      }),
    findings: () => answer(() => findings),
    check: () => answer(() => undefined),
  };

  function submit(submission: Submission): Accepted {
    const { service } = submission.request;
    const known = accepted.get(`${service}/${submission.key}`);
    if (known) return known;
    submissions.push(submission);
    const changeId = `change-20261124-${String(submissions.length).padStart(2, '0')}`;
    const before = standings.get(service) ?? { service, running: {}, queue: [], latest: [] };
    const ahead = before.queue.length + (before.underWay === undefined ? 0 : 1);
    if (ahead === 0) releases.set(changeId, { release: aRelease({ ...submission.request, changeId }), rollouts: [] });
    const place = ahead === 0 ? { underWay: changeId } : { queue: [...before.queue, changeId] };
    standings.set(service, { ...before, ...place });
    const answer = { changeId, fingerprint: submission.fingerprint, ahead };
    accepted.set(`${service}/${submission.key}`, answer);
    return answer;
  }

  function hear(
    what: string,
    at: Address,
    written: unknown,
    from: Caller,
    follow: (progress: ReleaseProgress) => ReleaseProgress,
  ): Promise<ReleaseProgress> {
    return answer(() => {
      said.push({ what, at, written, from });
      const there = releases.get(at.changeId);
      if (there?.release.run.status !== 'running')
        throw new DeskFault('not-running', 'nothing runs that could hear it');
      const progress = follow(there.release.progress);
      releases.set(at.changeId, { ...there, release: { ...there.release, progress } });
      return progress;
    });
  }

  async function answer<T>(give: () => T): Promise<T> {
    await Promise.resolve();
    if (fault) throw fault;
    return give();
  }
}

/** The rules of the release workflow's gate, by the same functions of the domain. */
function decide(progress: ReleaseProgress, written: WrittenDecision, { person }: Caller): ReleaseProgress {
  const { order, environment } = progress;
  const stage = progress.stages.find((s) => s.environment === environment);
  const approval = stage?.approval;
  if (!approval) throw new DeskFault('refused', `no gate is open: the release is ${progress.state}`);
  const { subject, policy } = approval;
  if ((written.digest ?? subject.digest) !== subject.digest) throw new DeskFault('refused', 'digest is not what waits');
  const why = whyNot({ policy, roster: order.roster, requester: order.requester.person }, person);
  if (why !== undefined) throw new DeskFault('refused', why);
  const { decision = 'approve', comment = '' } = written;
  const one = { ...subject, person, decision, comment, at: tuesday, via: 'http', proved: true } as const;
  const decisions = [...progress.decisions, one];
  const now = standing({ policy, subject, roster: order.roster }, decisions, tuesday);
  const stages = progress.stages.map((s) => (s === stage ? { ...s, approval: { ...approval, standing: now } } : s));
  return { ...progress, decisions, stages, state: now.kind === 'waiting' ? progress.state : 'rolling-out' };
}

const listed = ({ run, progress }: FoundRelease): ListedRelease => ({
  service: progress.order.service,
  changeId: progress.order.changeId,
  version: progress.order.version,
  state: progress.state,
  run,
});

/** A release that has just begun. */
export function aRelease(more: Partial<ReleaseOrder> = {}, progress: Partial<ReleaseProgress> = {}): FoundRelease {
  const order: ReleaseOrder = { ...aRequest(), changeId: 'change-20261124-01', ...more };
  return {
    run: {
      workflowId: `release/${order.service}/${order.changeId}`,
      runId: 'run-1',
      status: 'running',
      startedAt: tuesday,
    },
    progress: {
      state: 'building',
      order,
      stages: order.stages.map(({ environment }) => ({ environment })),
      decisions: [],
      refused: [],
      records: [],
      ...progress,
    },
  };
}

/** A release that waits for people before production. */
export function aWaitingRelease(more: Partial<ReleaseOrder> = {}): FoundRelease {
  const release = aRelease(more);
  const { order } = release.progress;
  const plan = aPlan();
  const subject = { gate: 'production', digest: plan.to.digest, planHash: plan.hash };
  const { approval: policy } = aStage();
  const waits = standing({ policy, subject, roster: order.roster }, [], tuesday);
  const approval = { subject, policy, standing: waits, expiresAt: after(tuesday, hours(24)) };
  const stages = release.progress.stages.map((stage) =>
    stage.environment === 'production' ? { ...stage, plan, approval } : stage,
  );
  const progress = { state: 'awaiting-approval', environment: 'production', artifact: plan.to, stages } as const;
  return { ...release, progress: { ...release.progress, ...progress } };
}

export const aPlan = (more: Partial<RolloutPlan> = {}): RolloutPlan => ({
  place: { service: 'shop', environment: 'production' },
  strategy: 'canary',
  from: anArtifact('1.0.0'),
  to: anArtifact('1.1.0'),
  instances: 2,
  generation: 3,
  steps: [
    { id: '01-start', take: { kind: 'start' }, back: { kind: 'stop' } },
    { id: '02-shift', take: { kind: 'shift', share: 25 }, back: { kind: 'shift', share: 0 } },
    { id: '03-adopt', take: { kind: 'adopt' } },
  ],
  hash: `sha256:${'ab'.repeat(32)}`,
  ...more,
});

/** A rollout in production that has done its first step. */
export function aRollout(more: Partial<RolloutProgress> = {}): FoundRollout {
  const plan = aPlan();
  const done = { id: '01-start', step: { kind: 'start' }, direction: 'forth', begunAt: tuesday } as const;
  return {
    run: { workflowId: 'rollout/production/shop', runId: 'run-2', status: 'running', startedAt: tuesday },
    progress: {
      state: 'running',
      plan,
      share: 0,
      steps: [{ ...done, endedAt: after(tuesday, 1_000), verdict: { kind: 'pass', reason: '2 healthy' } }],
      refused: [],
      ...more,
    },
  };
}

/** The twin has no rollouts: what a release does next is its state alone. */
const stateAfter: Partial<Record<CommandKind, ReleaseProgress['state']>> = {
  rollback: 'going-back',
  pause: 'paused',
  resume: 'rolling-out',
  retry: 'going-back',
};

const phases: Partial<Record<ReleaseProgress['state'], Situation['phase']>> = {
  paused: 'stepping',
  'rolling-out': 'observing',
  held: 'held',
  'going-back': 'going-back',
  stuck: 'stuck',
};

function recordOf(
  kind: CommandKind,
  said: SaidCommand,
  { person, key }: Caller,
  progress: ReleaseProgress,
): CommandRecord {
  const roles = progress.order.roster[person] ?? [];
  const command = {
    id: key ?? kind,
    kind,
    by: person,
    roles,
    at: tuesday,
    via: 'http',
    proved: true,
    ...said,
  } as const;
  const phase = phases[progress.state] ?? 'preparing';
  return { ...command, ...ruleOn(command, { phase, paused: progress.state === 'paused', looks: true }, []) };
}

function unheard(): never {
  throw new Error('the command was not heard');
}
