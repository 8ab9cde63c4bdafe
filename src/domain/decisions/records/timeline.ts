import type { Instant } from '../../duration.js';
import type { Verdict } from '../../verdict.js';
import { acknowledgementText } from './acknowledgement-entry.js';
import type { AlertEntry, DeployLog, StepEntry } from './deploy-log.js';
import { md, shown, table } from './text.js';

/** One thing that happened, at its time; `until` where it took some. `what` is plain text. */
export interface Happening {
  readonly at: Instant;
  readonly until?: Instant;
  readonly what: string;
  readonly verdict?: Verdict;
}

/** What happened in a rollout, in the order in which it happened. */
export function timeline({
  steps,
  rollback,
  alerts = [],
  acknowledged = [],
}: Pick<DeployLog, 'steps' | 'rollback' | 'alerts' | 'acknowledged'>): readonly Happening[] {
  const forth = steps.filter((step) => step.direction === 'forth').map(taken);
  const back = steps.filter((step) => step.direction === 'back').map(taken);
  if (!rollback) return [...forth, ...back];
  const { demand, exposed_at: exposedAt, safe_at: safeAt } = rollback;
  const all: readonly Happening[] = [
    ...forth,
    ...(exposedAt === undefined ? [] : [{ at: exposedAt, what: 'users first met the candidate' }]),
    { at: demand.at, what: `rollback demanded by ${demand.by} (${demand.cause}): ${demand.reason}` },
    ...alerts.filter(({ outcome }) => outcome !== 'ignored').map(heard),
    ...acknowledged.map((one) => ({ at: one.at, what: acknowledgementText(one) })),
    ...back,
    { at: safeAt, what: 'read back as safe: no traffic on the candidate' },
  ];
  return all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** A timeline as a Markdown table, times in UTC. */
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

const taken = (step: StepEntry): Happening => ({
  at: step.begun_at,
  ...(step.ended_at !== undefined && { until: step.ended_at }),
  what: `${step.direction === 'back' ? 'way back: ' : ''}${step.what}${overruling(step)}`,
  ...(step.verdict && { verdict: step.verdict }),
});

const heard = ({ at, name, severity, status, summary, answer }: AlertEntry): Happening => ({
  at,
  what: `alert ${name} (${severity}) ${status === 'firing' ? 'fires' : 'is resolved'}: ${summary}: ${answer}`,
});

const overruling = ({ overruled }: StepEntry): string =>
  overruled ? ` (${overruled.how} by ${overruled.by}: ${overruled.reason})` : '';
