import { days, type Instant, type Milliseconds } from './duration.js';
import { governanceSentinel, implementationWrangler, serviceOwner } from './environment.js';

/** A day in UTC: `2026-12-11`. What is due on a day is in time until that day is over. */
export type Day = string;

export const dayOf = (at: Instant): Day => at.slice(0, 10);

/** Work that a change has left behind: what, whose, and by which day. */
export interface FollowUp {
  /** `FU-0001`, the next of the governance repository. */
  readonly id: string;
  readonly changeId: string;
  /** Missing where the change is of no service. */
  readonly service?: string;
  readonly what: string;
  /** A person, or a role. */
  readonly owner: string;
  readonly due: Day;
  /** When it was opened, and by whom: `slipway` where a record has opened it. */
  readonly at: Instant;
  readonly by: string;
  /** The record that has opened it, and what that asks for. */
  readonly from?: string;
  readonly duty?: Duty;
}

/** A follow-up before it has its number. */
export type NewFollowUp = Omit<FollowUp, 'id'>;

/** What somebody says of a follow-up: that it is done, or that it is another's, or due on another day. */
export interface FollowUpWord {
  readonly id: string;
  readonly kind: 'closed' | 'changed';
  readonly by: string;
  readonly at: Instant;
  /** What was done, or why it is changed. */
  readonly comment: string;
  /** Of the governance repository, with the SHA-256 of what it said then. */
  readonly record?: { readonly path: string; readonly hash: string };
  readonly owner?: string;
  readonly due?: Day;
}

/** A follow-up with all that was said of it. `overdue`: open, and its day is over. */
export interface FollowUpStanding extends FollowUp {
  readonly state: 'open' | 'overdue' | 'closed';
  /** In order. */
  readonly said: readonly FollowUpWord[];
}

/** What is asked for: a new one, or that something is recorded of one. */
export type FollowUpOrder =
  { readonly how: 'open'; readonly opened: NewFollowUp } | { readonly how: 'say'; readonly word: FollowUpWord };

/** What came of it; refused with the rule. */
export type FollowUpAnswer =
  | { readonly kind: 'recorded'; readonly followUp: FollowUpStanding }
  | { readonly kind: 'refused'; readonly reason: string };

/** What a rollback, or a draft of a decision, leaves to be done. `verify` where nobody has seen that the former version serves again. */
export const duties = ['restored', 'verify', 'left-undone', 'root-cause', 'decision'] as const;

export type Duty = (typeof duties)[number];

/** Whose it is, and how long it may take. */
export interface Owed {
  readonly owner: string;
  readonly due: Milliseconds;
}

/** Whose follow-ups are, and when they are due, where nobody says otherwise. */
export interface FollowUpPolicy {
  /** Of one that a person opens. */
  readonly usual: Owed;
  readonly duties: Readonly<Record<Duty, Owed>>;
}

/** What holds where `slipway.yml` says nothing. */
export const usualFollowUps: FollowUpPolicy = {
  usual: { owner: serviceOwner, due: days(14) },
  duties: {
    restored: { owner: implementationWrangler, due: days(1) },
    verify: { owner: serviceOwner, due: days(1) },
    'left-undone': { owner: implementationWrangler, due: days(1) },
    'root-cause': { owner: serviceOwner, due: days(5) },
    decision: { owner: governanceSentinel, due: days(7) },
  },
};
