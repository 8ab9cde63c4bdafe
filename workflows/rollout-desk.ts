import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { type AlertSituation, usualAlerts } from '../src/domain/alert.js';
import { leapFrom } from '../src/domain/blast-radius.js';
import { type Command, type CommandRecord, precedence, ruleOn, type Situation } from '../src/domain/command.js';
import type { Instant } from '../src/domain/duration.js';
import { stops } from '../src/domain/line.js';
import {
  type Demand,
  type Hold,
  type Pause,
  type Refusal,
  type RolloutOrder,
  type RolloutProgress,
  type RolloutState,
  type Step,
  whyNoWayBack,
} from '../src/domain/rollout.js';
import { rolloutProgress, rolloutStateSignal } from '../src/messages.js';
import { hearAlerts } from './alerting.js';
import { stateAttribute } from './attributes.js';
import type { Journal } from './carry-out.js';
import { now } from './clock.js';
import { hearCommands, noteCommand } from './commands.js';
import { rolloutDetails } from './details.js';
import { hearHolds } from './holds.js';
import { noteRefusal } from './refusals.js';
import { resolvable } from './resolvable.js';

/** How a rollout is left before its end, and who wants that. */
export interface Leave {
  readonly how: 'rollback' | 'abort' | 'take-over';
  readonly demand: Demand;
}

/** What a person decides about the step under way. */
export interface Overruling {
  readonly how: 'promoted' | 'skipped' | 'again';
  readonly by: string;
  readonly reason: string;
}

/**
 * The desk of a rollout: every command is heard here, judged by the table, answered and written down. The interpreter asks
 * it between steps and races it during them; the desk never acts.
 */
export function openRolloutDesk(order: RolloutOrder, journal: Journal) {
  const { plan, changeId, roster = {}, onHold = 'stop', blastRadius, alerts: policy = usualAlerts } = order;
  const begunAt = now();
  const commands: CommandRecord[] = [];
  const refused: Refusal[] = [];
  const left = resolvable<Leave>();
  let leave: Leave | undefined;
  let state: RolloutState = 'running';
  let pause: Pause | undefined;
  let holds: readonly Hold[] = order.holds ?? [];
  /** Its window has closed, or a freeze has begun. */
  let closed: Pause | undefined;
  let full = false;
  let at: { readonly id: string; readonly step: Step } | undefined;
  let overruled = resolvable<Overruling>();
  /** Why it is held or stuck, and what gets it going again. */
  let trouble: string | undefined;
  /** When it goes back unless people decide on a window that has seen too little. */
  let heldUntil: Instant | undefined;

  setHandler(rolloutProgress, progress, { description: 'How far this rollout is: steps, verdicts, share, commands.' });
  hearCommands({ changeId, roster, hear, refuse: note });
  hearHolds((now) => {
    holds = now;
    show();
  });
  const alerts = hearAlerts({
    severities: policy.rollout,
    meets: underAlert,
    demand: (demand) => void leaveBy({ how: 'rollback', demand }),
    show,
  });
  setDefaultSignalHandler((name) => {
    note(name, 'unknown sender', `no such signal; possible: ${precedence.join(', ')}`);
  });
  void CancellationScope.current().cancelRequested.catch(() => {
    const demand: Demand = {
      by: 'the Temporal UI',
      reason: 'cancellation was requested',
      at: now(),
      cause: 'cancellation',
    };
    const noReturn = whyNoWayBack(journal.steps, journal.data);
    if (noReturn !== undefined) note('cancellation', demand.by, noReturn);
    else if (state === 'running' || state === 'paused' || state === 'held') leaveBy({ how: 'rollback', demand });
  });
  show();

  return {
    commands,
    alerts: () => alerts.standing().alerts,
    leaving: () => leave,
    leaveBy,
    /** Resolves when somebody wants out. */
    left,
    enter,
    working,
    show,
    standsStill,
    shut: (why: Pause) => closes(why),
    open: () => closes(undefined),
    unlessHeld,
    decided,
    undecided,
    /** What a person says of the step under way; a new one for each step. */
    overruled: () => overruled,
  };

  /** The step that commands are about from now on. */
  function working(id: string, step: Step): void {
    at = { id, step };
    overruled = resolvable<Overruling>();
    if (full && step.kind === 'observe') {
      const by = commands.findLast(({ kind, outcome }) => kind === 'promote' && outcome === 'done');
      overruled.resolve({ how: 'promoted', by: by?.by ?? '', reason: by?.reason ?? '' });
    }
  }

  /** Waits for a person: what is in trouble is tried again, left out, or ended. */
  async function decided(where: 'held' | 'stuck', why: string): Promise<Overruling | Leave> {
    const noReturn = where === 'held' ? whyNoWayBack(journal.steps, journal.data) : undefined;
    const ways = noReturn !== undefined ? 'skip' : where === 'held' ? 'rollback, abort' : 'skip';
    const explained = noReturn === undefined ? why : `${why}. ${noReturn}`;
    trouble = `${explained}. Mend what it names, then \`retry\`; or ${ways} or take-over`;
    const said = await answerTo(where);
    trouble = undefined;
    return said;
  }

  /** Waits for a person's word on a window that has seen too little: it passes, is looked at again, or leads out. */
  async function undecided(why: string, until: Instant): Promise<Overruling | Leave> {
    const itself = `it goes back by itself at ${until}`;
    trouble = `${why}. \`promote\` lets ${at?.id ?? 'it'} pass as it is, \`retry\` looks once more, \`rollback\` goes back; ${itself}`;
    heldUntil = until;
    const said = await answerTo('held');
    trouble = undefined;
    heldUntil = undefined;
    return said;
  }

  function answerTo(where: 'held' | 'stuck'): Promise<Overruling | Leave> {
    overruled = resolvable<Overruling>();
    enter(where);
    return Promise.race([overruled, where === 'held' ? left : takenOver()]);
  }

  /** On the way back only taking over ends it early: how it was left before that is why it goes back. */
  async function takenOver(): Promise<Leave> {
    await condition(() => leave?.how === 'take-over');
    return await Promise.resolve(leave ?? left);
  }

  function standsStill(): boolean {
    return pause !== undefined || closed !== undefined || stopped() !== undefined;
  }

  function closes(why: Pause | undefined): void {
    if (closed === why) return;
    closed = why;
    show();
  }

  /** The hold that stops this rollout before its next step; by policy one that has begun may finish. */
  function stopped(): Hold | undefined {
    const { service, environment } = plan.place;
    return onHold === 'stop' ? holds.find((hold) => stops(hold, service, environment)) : undefined;
  }

  /** Returns when nothing holds it any more, or it is to be left. */
  async function unlessHeld(): Promise<void> {
    enter('paused');
    await condition(() => !standsStill() || leave !== undefined);
    if (!leave) enter('running');
  }

  function hear(command: Command): CommandRecord {
    const ruling = ruleOn(command, situation(), commands);
    const record = { ...command, ...ruling };
    noteCommand(commands, record);
    if (ruling.outcome === 'refused') note(command.kind, command.by, ruling.said);
    if (ruling.outcome === 'done') follow(command);
    show();
    return record;
  }

  function follow(command: Command): void {
    const { kind, by, reason } = command;
    switch (kind) {
      case 'rollback':
      case 'abort':
      case 'take-over':
        leaveBy({ how: kind, demand: { by, reason, at: command.at, cause: 'person' } });
        return;
      case 'pause':
        pause = { by, reason, at: command.at };
        return;
      case 'resume':
        pause = undefined;
        return;
      case 'promote':
        full ||= command.full ?? false;
        if (at?.step.kind === 'observe') overruled.resolve({ how: 'promoted', by, reason });
        return;
      case 'skip':
        return overruled.resolve({ how: 'skipped', by, reason });
      case 'retry':
        return overruled.resolve({ how: 'again', by, reason });
      case 'snooze':
        return alerts.snooze(by, reason, command.lasts);
    }
  }

  /** The first who wants out is why; after that only taking over says more. */
  function leaveBy(wanted: Leave): Leave {
    if (leave && wanted.how !== 'take-over') return leave;
    leave = wanted;
    left.resolve(wanted);
    return leave;
  }

  function situation(): Situation {
    const step = at?.step.kind;
    return {
      ...returning(),
      paused: pause !== undefined,
      looks: step === 'verify' || step === 'observe',
      ...(state === 'held' && heldUntil !== undefined && { undecided: true }),
      ...(at && { step: at.id }),
      ...(at &&
        blastRadius !== undefined && { leap: leapFrom(plan, { id: at.id, share: journal.share }, blastRadius) }),
    };
  }

  /** Where it is, and whether it could go back from there. */
  function returning(): Pick<Situation, 'phase' | 'noReturn'> {
    const noReturn = whyNoWayBack(journal.steps, journal.data);
    return { phase: phase(), ...(noReturn !== undefined && { noReturn }) };
  }

  /** What alerts meet: a way back, which a release of its own can be, is not turned round by them. */
  function underAlert(): Pick<AlertSituation, 'changeId' | 'version' | 'lane' | 'since' | 'phase' | 'noReturn'> {
    const itself = plan.strategy === 'recovery' && {
      noReturn: 'it is a way back itself: people turn it round, no alert',
    };
    const about = { changeId, version: plan.to.version, lane: 'candidate', since: begunAt } as const;
    return { ...about, ...returning(), ...itself };
  }

  function phase(): Situation['phase'] {
    switch (state) {
      case 'held':
      case 'going-back':
      case 'stuck':
        return state;
      case 'running':
      case 'paused':
        if (leave) return at?.step.kind === 'adopt' ? 'adopting' : 'going-back';
        if (state === 'paused') return 'stepping';
        return at?.step.kind === 'observe' ? 'observing' : at?.step.kind === 'adopt' ? 'adopting' : 'stepping';
      case 'adopted':
      case 'rolled-back':
      case 'aborted':
      case 'taken-over':
        return 'closing';
    }
  }

  function enter(next: RolloutState): void {
    if (next === state) return show();
    const before = state;
    state = next;
    upsertSearchAttributes([{ key: stateAttribute, value: next }]);
    const told = order.tellsRelease === true || [before, next].some(isStandstill);
    if (order.tellsRelease && told && toldStates.includes(next)) tellRelease(next);
    show();
  }

  /** The release shows it; one that has gone need not know. */
  function tellRelease(next: RolloutState): void {
    const { parent } = workflowInfo();
    if (!parent) return;
    const release = getExternalWorkflowHandle(parent.workflowId, parent.runId);
    release.signal(rolloutStateSignal.name, next).catch(() => undefined);
  }

  function note(message: string, from: string, reason: string): void {
    noteRefusal(refused, { at: now(), message, from, reason });
    show();
  }

  function show(): void {
    setCurrentDetails(rolloutDetails(progress()));
  }

  function progress(): RolloutProgress {
    const stands = pause ?? stopped() ?? closed;
    const going = state === 'going-back' || state === 'stuck' || leave !== undefined;
    return {
      state,
      plan,
      share: journal.share,
      steps: journal.steps,
      ...(leave && { demand: leave.demand }),
      ...(stands && !going && { paused: stands }),
      ...(trouble !== undefined && (state === 'held' ? { held: trouble } : { stuck: trouble })),
      ...(state === 'held' && heldUntil !== undefined && { heldUntil }),
      refused,
      ...(journal.observations.length > 0 && { observations: journal.observations }),
      ...(commands.length > 0 && { commands }),
      ...alerts.standing(),
    };
  }
}

const isStandstill = (state: RolloutState): boolean => state === 'paused' || state === 'held' || state === 'stuck';

const toldStates: readonly RolloutState[] = ['paused', 'held', 'going-back', 'stuck', 'running'];
