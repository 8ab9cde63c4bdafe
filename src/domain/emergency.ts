import { after, type Instant, type Milliseconds } from './duration.js';

/** Why a release cannot wait, and what it costs: people are called until they have decided, and a review is owed. */
export interface Emergency {
  readonly reason: string;
  /** People are called again after this, until they have decided. */
  readonly escalateAfter: Milliseconds;
  /** The post-incident review is due this long after the release has closed. */
  readonly reviewWithin: Milliseconds;
}

/** A post-incident review that is owed (SPEC-0701, Deployment Approvals). Overdue, it keeps standard releases out. */
export interface Debt {
  readonly changeId: string;
  readonly version: string;
  readonly reason: string;
  /** Who asked for the emergency release: somebody else settles it. */
  readonly by: string;
  readonly at: Instant;
  readonly due: Instant;
}

/** The review has been held: where it is written down, and who says so. */
export interface Review {
  readonly changeId: string;
  readonly by: string;
  /** Of the governance repository, with the SHA-256 of what it said then. */
  readonly record: { readonly path: string; readonly hash: string };
  readonly comment: string;
}

/** A review as it is recorded. */
export interface SettledDebt {
  readonly service: string;
  readonly debt: Debt;
  readonly review: Review;
  readonly at: Instant;
}

const daily: Milliseconds = 24 * 60 * 60 * 1_000;

/**
 * When people are next told of a debt after `now`: half-way to the day it is due, on that day, and every day after it.
 * Telling it twice is telling it once: the moment is part of the notice's key.
 */
export function nextReminder({ at, due }: Debt, now: Instant): Instant {
  const [from, end, met] = [Date.parse(at), Date.parse(due), Date.parse(now)];
  const halfway = from + Math.floor((end - from) / 2);
  if (met < halfway) return after(at, halfway - from);
  if (met < end) return due;
  return after(due, (Math.floor((met - end) / daily) + 1) * daily);
}

export const isOverdue = ({ due }: Debt, now: Instant): boolean => Date.parse(now) >= Date.parse(due);

/** What people are told of a debt: who must act, and the command that does it. */
export function debtText(service: string, debt: Debt, now: Instant): string {
  const { changeId, version, due, reason } = debt;
  const state = isOverdue(debt, now)
    ? `is overdue since ${due}: standard releases of ${service} are refused until it is settled`
    : `is due by ${due}`;
  return `The review of the emergency release ${changeId} (${service} ${version}: ${reason}) ${state}. ${settling(service, changeId)}`;
}

/** Why a standard release is refused; nothing while every debt is in time. */
export function whyOwed(service: string, debts: readonly Debt[], now: Instant): string | undefined {
  const overdue = debts.find((debt) => isOverdue(debt, now));
  return (
    overdue &&
    `${service} owes the review of its emergency release ${overdue.changeId} since ${overdue.due}. ${settling(service, overdue.changeId)}`
  );
}

const settling = (service: string, changeId: string): string =>
  `Hold it, write it down in the governance repository, then: slipway review ${service} ${changeId} --record docs/reviews/${changeId}.md`;
