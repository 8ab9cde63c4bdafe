import {
  type ApprovalDecision,
  type ApprovalPolicy,
  type ApprovalSubject,
  type CodeSubject,
  decisions,
  type Roster,
  whyNot,
} from '../src/domain/approval.js';
import type { Instant } from '../src/domain/duration.js';
import type { Heard } from '../src/messages.js';
import { recording } from './activities.js';
import { now } from './clock.js';
import { type ReadDecision, readDecision } from './reading.js';

/** Where people are waited for. */
export interface OpenGate {
  readonly subject: ApprovalSubject;
  readonly policy: ApprovalPolicy;
  readonly expiresAt: Instant;
}

/** What a desk knows and does about decisions. */
export interface DecisionDesk {
  readonly roster: Roster;
  readonly requester: string;
  readonly changeId: () => string;
  readonly gate: () => OpenGate | undefined;
  /** The gate that people have opened, while nothing has begun behind it: an approval may still be taken back. */
  readonly passed: () => OpenGate | undefined;
  readonly hasApproved: (person: string, subject: ApprovalSubject) => boolean;
  /** Why no gate is open: a phrase. */
  readonly shut: () => string;
  readonly refuse: (message: string, from: string, reason: string) => string;
  readonly count: (decision: ApprovalDecision) => void;
}

/** The rule that refuses a decision, or nothing once it counts; later only where a code has to be looked at first. */
export type Answer = string | undefined | Promise<string | undefined>;

/** Hears approvals and rejections, of releases and of flags, by the same rules. */
export function hearDecisions(desk: DecisionDesk) {
  const { roster, requester, changeId, gate, passed, shut, hasApproved, refuse, count } = desk;
  /** Whose code has counted at a gate: it stands in the history now, where others can read it. */
  const spent = new Map<OpenGate, ReadonlySet<string>>();
  return decide;

  function decide(message: string, heard: Heard, meant?: ApprovalDecision['decision']): Answer {
    const read = readDecision(heard);
    if (!read.ok) return refuse(message, read.from, read.reason);
    const { person, comment, proved } = read.value;
    const decision = meant ?? read.value.decision;
    if (!decision) return refuse(message, person, `no decision; possible: ${decisions.join(', ')}`);
    const open = decision === 'revoke' ? (gate() ?? passed()) : gate();
    if (!open) return refuse(message, person, `no gate is open: ${shut()}`);
    const { policy, subject } = open;
    const none =
      decision === 'revoke' && !hasApproved(person, subject) ? `${person} has approved nothing here` : undefined;
    const why = another(read.value, subject) ?? whyNot({ policy, roster, requester }, person) ?? none;
    if (why !== undefined) return refuse(message, person, why);
    const via = heard.ok && heard.actor ? 'http' : 'temporal';
    const said = { ...subject, person, decision, comment, via } as const;
    if (!proved && policy.proof === 'code') {
      const { eventId } = heard.ok ? heard : {};
      if (read.value.code !== undefined || !policy.principals || eventId === undefined)
        return byCode(open, read.value, { said, message });
      return byPrincipal(open, eventId, { said, message });
    }
    count({ ...said, at: now(), proved });
    return undefined;
  }

  /** Who speaks outside the front door is established, not believed: by a one-time code made for this person and exactly this. */
  function byCode(open: OpenGate, { person, code }: ReadDecision, { said, message }: Said): Answer {
    const { subject, expiresAt, policy } = open;
    if (code === undefined) return refuse(message, person, nameAlone(person, policy));
    return isProved({ ...subject, person, changeId: changeId(), expiresAt }, code).then((isHis) => {
      if (!isHis) return refuse(message, person, wrongCode);
      const before = spent.get(open) ?? new Set();
      if (before.has(person)) return refuse(message, person, usedCode);
      if (isShut(open)) return refuse(message, person, closedMeanwhile(subject));
      spent.set(open, new Set([...before, person]));
      count({ ...said, at: now(), proved: true });
      return undefined;
    });
  }

  /** By whom the engine has let in to send the signal, where it authenticates. */
  function byPrincipal(open: OpenGate, eventId: number, { said, message }: Said): Answer {
    const { person } = said;
    return recording(`who has sent event ${eventId}`)
      .checkPrincipal({ person, eventId })
      .then((check) => {
        if (!check.proved) return refuse(message, person, check.reason);
        if (isShut(open)) return refuse(message, person, closedMeanwhile(open.subject));
        count({ ...said, at: now(), proved: true, principal: check.principal });
        return undefined;
      });
  }

  function isShut(open: OpenGate): boolean {
    return gate() !== open && passed() !== open;
  }
}

interface Said {
  readonly said: Omit<ApprovalDecision, 'at' | 'proved'>;
  readonly message: string;
}

/** The answer of an update: at once where nothing has to be looked at, the same in every replay. */
export const answeredWith = <T>(said: Answer, answered: (refused: string | undefined) => T): T | Promise<T> =>
  said instanceof Promise ? said.then(answered) : answered(said);

function another(said: ReadDecision, subject: ApprovalSubject): string | undefined {
  const other = (['gate', 'digest', 'planHash'] as const).find((key) => (said[key] ?? subject[key]) !== subject[key]);
  return other && `${other} ${said[other] ?? ''} is not what waits: ${subject[other]}`;
}

const isProved = (subject: CodeSubject, code: string): Promise<boolean> =>
  recording(`the code of ${subject.person}`).checkApprovalCode({ subject, code });

const nameAlone = (person: string, { principals }: ApprovalPolicy): string =>
  `a name alone proves nothing here: ${principals ? 'send it as a signal, whose sender the engine knows, or ' : ''}add "code" to {"person": "${person}"}, as \`slipway code\` shows it to ${person}, or approve at the front door`;

const closedMeanwhile = ({ gate }: ApprovalSubject): string => `the gate of ${gate} has closed meanwhile`;

const usedCode = 'that code has been used, and is good for nothing more: decide at the front door';

const wrongCode = 'that is not the code made for this person and this plan: `slipway code` shows it';
