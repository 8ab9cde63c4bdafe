import type { Instant } from '../../duration.js';
import { sentence } from '../../rollout.js';
import type { Verdict } from '../../verdict.js';
import type { RolloutFacts } from './facts.js';
import { line, md, shown, table } from './text.js';

/** One thing that happened, at its time; `until` where it took some. `what` is plain text. */
export interface Happening {
  readonly at: Instant;
  readonly until?: Instant;
  readonly what: string;
  readonly verdict?: Verdict;
}

/** What happened in a rollout, in the order in which it happened. */
export function timeline({ plan, outcome }: RolloutFacts): readonly Happening[] {
  const steps = outcome.steps.map((step): Happening => ({
    at: step.begunAt,
    ...(step.endedAt !== undefined && { until: step.endedAt }),
    what: `${step.direction === 'back' ? 'way back: ' : ''}${sentence(step.step, plan)}`,
    ...(step.verdict && { verdict: step.verdict }),
  }));
  const { rollback } = outcome;
  if (!rollback) return steps;
  const { demand, exposedAt, safeAt } = rollback;
  const moments: readonly Happening[] = [
    ...(exposedAt === undefined ? [] : [{ at: exposedAt, what: 'users first met the candidate' }]),
    { at: demand.at, what: `rollback demanded by ${line(demand.by, 80)} (${demand.cause}): ${line(demand.reason)}` },
    { at: safeAt, what: 'read back as safe: no traffic on the candidate' },
  ];
  return [...steps, ...moments].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The same as a Markdown table, times in UTC. */
export const timelineTable = (happenings: readonly Happening[]): string =>
  table(
    ['begun (UTC)', 'ended (UTC)', 'what', 'verdict'],
    happenings.map((h) => [
      shown(h.at),
      h.until === undefined ? '' : shown(h.until),
      md(h.what, 500),
      h.verdict ? verdictText(h.verdict) : '',
    ]),
  );

/** A verdict as Markdown: `pass: 3 of 3 checks`. */
export const verdictText = (verdict: Verdict): string => `${verdict.kind}: ${md(verdict.reason, 500)}`;
