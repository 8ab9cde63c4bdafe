import { type Instant, type Milliseconds, spoken } from './duration.js';
import { governanceSentinel, implementationWrangler, type Role, serviceOwner } from './environment.js';

/**
 * What people, and monitors, can tell a release to do.
 * - `rollback` goes back; `abort` only moves users back to the stable lane, and leaves the candidate to be looked at.
 * - `pause` lets nothing further begin, `resume` ends that; what users meet is watched all the same.
 * - `promote` ends the observation under way, or with `full` all that are left; `skip` leaves one look out.
 * - `snooze` lets alerts move nothing for a while, or to the end; what the windows see moves it all the same.
 * - `retry` tries what is held or stuck again; `take-over` ends it as it is, in a person's hands.
 */
export type CommandKind =
  'rollback' | 'abort' | 'pause' | 'resume' | 'promote' | 'skip' | 'retry' | 'take-over' | 'snooze';

/** When several wait at the same moment, this is the order in which they are heard: what is safer goes first. */
export const precedence: readonly CommandKind[] = [
  'rollback',
  'abort',
  'pause',
  'take-over',
  'skip',
  'retry',
  'promote',
  'resume',
  'snooze',
];

/** One command as it was heard. */
export interface Command {
  /** Names it: the same one heard twice is one command. */
  readonly id: string;
  readonly kind: CommandKind;
  readonly by: string;
  readonly roles: readonly Role[];
  readonly reason: string;
  readonly at: Instant;
  readonly via: 'http' | 'temporal';
  /** Whether the front door vouches for the person; otherwise the name is only claimed. */
  readonly proved: boolean;
  /** The step that is meant: `04-observe`. A command for another one than is under way is refused. */
  readonly step?: string;
  readonly full?: boolean;
  /** How long alerts are snoozed; to the end when missing, and not any more with 0. */
  readonly lasts?: Milliseconds;
}

/** What came of a command. Those without effect are kept as well. */
export interface CommandRecord extends Command {
  readonly outcome: 'done' | 'nothing-to-do' | 'refused';
  /** The answer, as a sentence: what it does now, or the rule that refused it and the way forward. */
  readonly said: string;
}

/**
 * Where a release is, as far as commands are concerned. `preparing` is everything before a rollout; `closing` is
 * everything after the last one.
 */
export type Phase = 'preparing' | 'stepping' | 'observing' | 'adopting' | 'held' | 'going-back' | 'stuck' | 'closing';

/** What a command meets. */
export interface Situation {
  readonly phase: Phase;
  readonly paused: boolean;
  /** The step under way, held or stuck. */
  readonly step?: string;
  /** Whether that step only looks: a look can be left out, an effect cannot. */
  readonly looks: boolean;
  /** Held because a window has seen too little to tell: people may let it pass. */
  readonly undecided?: boolean;
  /** Why a version can no longer go back; missing while it can. */
  readonly noReturn?: string;
  /** How far commands would leap, where there is a limit to it. */
  readonly leap?: Leap;
}

/** The points of traffic that a command would give to the candidate before anybody looks again. */
export interface Leap {
  /** With `promote` or `skip`: up to the next observation. */
  readonly next: number;
  /** With `promote --full`: all that is left. */
  readonly full: number;
  /** The most that one command may give here. */
  readonly atMost: number;
}

/** What a command comes to. */
export type Ruling = Pick<CommandRecord, 'outcome' | 'said'>;

/** Who may let a release go on in spite of something. Who makes it safer needs no role. */
export const operators: readonly Role[] = [implementationWrangler, governanceSentinel, serviceOwner, 'on-call'];
const bold: readonly CommandKind[] = ['resume', 'promote', 'skip', 'take-over', 'snooze'];

/** Two clicks within this time are one command. */
const doubleClick = 2_000;

/** Judges a command by where the release is and what was said before; the table stands in `workflows/README.md`. */
export function ruleOn(command: Command, met: Situation, earlier: readonly CommandRecord[]): Ruling {
  const { kind, by, roles } = command;
  const again = earlier.findLast((e) => e.outcome === 'done' && isSame(e, command));
  if (again && Date.parse(command.at) - Date.parse(again.at) < doubleClick)
    return nothing(`${by} said so already, at ${again.at}`);
  if (bold.includes(kind) && !roles.some((role) => operators.includes(role)))
    return refused(`${by} holds ${roles.join(', ') || 'no role'}; ${kind} takes one of ${operators.join(', ')}`);
  if (command.step !== undefined && command.step !== met.step)
    return refused(`step ${command.step} is not under way${met.step === undefined ? '' : `; ${met.step} is`}`);
  const ruling = rules[kind](met, command);
  return (ruling.outcome === 'done' && tooFar(command, met)) || ruling;
}

/** What a window allows is not limited; what a person allows instead of it is. */
function tooFar({ kind, full = false }: Command, { leap, looks, undecided }: Situation): Ruling | undefined {
  if (!leap || !(kind === 'promote' || (kind === 'skip' && looks))) return undefined;
  const points = full ? leap.full : leap.next;
  if (points <= leap.atMost) return undefined;
  const smaller = full && leap.next <= leap.atMost ? ', or promote without `full`' : '';
  return refused(
    `${kind}${full ? ' --full' : ''} would give the candidate ${points} points of traffic more unseen; one command may give ${leap.atMost} here (blast-radius): ${undecided ? 'retry, so that a window sees enough' : 'let the window end'}${smaller}`,
  );
}

const isSame = (a: Command, b: Command): boolean =>
  a.kind === b.kind && a.by === b.by && a.step === b.step && a.full === b.full && a.lasts === b.lasts;

const done = (said: string): Ruling => ({ outcome: 'done', said });
const nothing = (said: string): Ruling => ({ outcome: 'nothing-to-do', said });
const refused = (said: string): Ruling => ({ outcome: 'refused', said });

const closed = refused('the release has ended: `rollback` then is a new release of the former version');
const goesBack = refused('it is going back: a way back is neither paused nor left out');
const waysOutOfHeld = 'retry, skip, rollback, abort or take-over';
const nothingRuns = refused('no rollout is under way yet');

/** One rule a command, one line a phase: the published table, word by word. */
const rules: Readonly<Record<CommandKind, (met: Situation, command: Command) => Ruling>> = {
  rollback: ({ phase, noReturn }) => {
    switch (phase) {
      case 'preparing':
        return done('nothing was done yet: the release is withdrawn');
      case 'stepping':
      case 'observing':
      case 'held':
        return noReturn === undefined ? done('it goes back') : refused(noReturn);
      case 'adopting':
        return noReturn === undefined
          ? done('it is being adopted: the former version comes back right after that')
          : refused(noReturn);
      case 'going-back':
        return nothing('it is going back already');
      case 'stuck':
        return nothing('it is going back and stuck: retry, skip or take-over get it going');
      case 'closing':
        return closed;
    }
  },
  abort: ({ phase, noReturn }) => {
    switch (phase) {
      case 'preparing':
        return done('nothing was done yet: the release ends here');
      case 'stepping':
      case 'observing':
      case 'held':
        return noReturn === undefined ? done('users go back to the stable lane, and it ends there') : refused(noReturn);
      case 'adopting':
        return refused('it is being adopted: `rollback` brings the former version back');
      case 'going-back':
      case 'stuck':
        return refused('it is going back already: `take-over` ends that');
      case 'closing':
        return closed;
    }
  },
  pause: ({ phase, paused }) => {
    switch (phase) {
      case 'preparing':
      case 'stepping':
      case 'observing':
        return paused ? nothing('it is paused already') : done('nothing further begins until `resume`');
      case 'held':
        return nothing('it is held: nothing begins anyway');
      case 'adopting':
        return refused('the last step is being taken: there is nothing left to pause');
      case 'going-back':
      case 'stuck':
        return goesBack;
      case 'closing':
        return closed;
    }
  },
  resume: ({ phase, paused, undecided }) => {
    if (phase === 'closing') return closed;
    if (phase === 'held') return refused(`it is held, not paused: ${undecided ? 'promote, ' : ''}${waysOutOfHeld}`);
    return paused ? done('it goes on') : refused('it is not paused');
  },
  promote: ({ phase, undecided, step = 'the window' }, { full }) => {
    switch (phase) {
      case 'observing':
        return done(full ? 'this observation ends, and none follows' : 'this observation ends');
      case 'stepping':
        return full ? done('no observation follows') : refused('no observation is under way');
      case 'preparing':
        return nothingRuns;
      case 'adopting':
        return refused('all observations are over');
      case 'held':
        if (undecided) return done(`${step} passes as it is${full ? ', and no observation follows' : ''}`);
        return refused(`it is held: ${waysOutOfHeld}`);
      case 'going-back':
      case 'stuck':
        return goesBack;
      case 'closing':
        return closed;
    }
  },
  skip: ({ phase, looks, step = 'the step' }) => {
    switch (phase) {
      case 'observing':
      case 'stuck':
        return done(`${step} is left out`);
      case 'stepping':
      case 'held':
        return looks
          ? done(`${step} is left out`)
          : refused(`${step} changes the world: it is taken or taken back, never left out`);
      case 'preparing':
        return nothingRuns;
      case 'adopting':
        return refused('adopting is not left out: abort before it, or rollback');
      case 'going-back':
        return goesBack;
      case 'closing':
        return closed;
    }
  },
  retry: ({ phase, step = 'the step' }) => {
    if (phase === 'held' || phase === 'stuck') return done(`${step} is tried again`);
    return phase === 'closing' ? closed : refused('nothing is held or stuck');
  },
  'take-over': ({ phase }) => {
    if (phase === 'held' || phase === 'stuck') return done('it ends as it is; what is not done is in your hands');
    return phase === 'closing' ? closed : refused('only what is held or stuck is taken over');
  },
  snooze: ({ phase }, { lasts }) => {
    switch (phase) {
      case 'preparing':
        return nothingRuns;
      case 'stepping':
      case 'observing':
      case 'held':
      case 'adopting':
        if (lasts === 0) return done('alerts count again');
        return done(
          `alerts move nothing ${lasts === undefined ? 'to the end of this rollout' : `for ${spoken(lasts)}`}`,
        );
      case 'going-back':
      case 'stuck':
        return refused('it is going back already: alerts move nothing any more');
      case 'closing':
        return closed;
    }
  },
};
