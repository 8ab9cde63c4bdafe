import type { ApprovalPolicy } from '../../approval.js';
import { lasting, spoken } from '../../duration.js';
import { neverReached } from '../../never.js';
import type { Criterion, Strategy, Window } from '../../strategy.js';
import type { MetricRule, Tolerance, WindowMetric } from '../../window-metric.js';
import { shown } from '../judging/sentences.js';
import { md, table } from '../records/text.js';
import type { PersonFacts } from './facts.js';

/** Something to type, or a name of the configuration, as it stands in a document: nothing in it ends the code around it. */
export function code(text: string): string {
  const one = text.replace(/\s+/g, ' ').trim();
  const fence = '`'.repeat(Math.max(0, ...[...one.matchAll(/`+/g)].map(([ticks]) => ticks.length)) + 1);
  return fence.length === 1 ? `\`${one}\`` : `${fence} ${one} ${fence}`;
}

/** A table whose cells may hold code: a bar in a cell is no border. */
export const grid = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  table(
    heads,
    rows.map((row) => row.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|'))),
  );

/** Names in a row, or what is said where there are none. */
export const listed = (names: readonly string[], none: string): string =>
  names.length === 0 ? none : names.map(code).join(', ');

/** Who may fill the roles of a policy: `governance-sentinel (grace) and 2 of governance-board (ada, bob)`. */
export function approversText({ roles }: Pick<ApprovalPolicy, 'roles'>, people: readonly PersonFacts[]): string {
  const each = [...new Set(roles)].map((role) => {
    const wanted = roles.filter((other) => other === role).length;
    const holders = people.filter((person) => person.roles.includes(role)).map(({ person }) => md(person));
    return `${wanted === 1 ? '' : `${wanted} of `}${md(role)} (${holders.join(', ') || '**nobody holds it**'})`;
  });
  return each.join(' and ') || 'nobody';
}

/** `canary, 5 → 25 → 100 %`. */
export function strategyText(strategy: Strategy): string {
  switch (strategy.kind) {
    case 'canary':
      return `canary, ${strategy.shares.join(' → ')} %${strategy.baseline ? ', beside a fresh baseline' : ''}`;
    case 'blue-green':
      return 'blue-green';
    case 'rolling':
      return strategy.batches === 1 ? 'all instances at once' : `rolling, in ${strategy.batches} batches`;
    default:
      return neverReached(strategy);
  }
}

/** `for 15 min, looked at every 15 s, judged from 50 requests on`, and what follows where there are fewer. */
export const windowText = ({ for: length, every, minSamples, inconclusive }: Window): string =>
  `for ${spoken(length)}, looked at every ${spoken(every)}, judged from ${minSamples} requests on${whenFewer(inconclusive)}`;

function whenFewer(then: Window['inconclusive']): string {
  if (!then) return '';
  return then.kind === 'extend'
    ? '; with fewer it goes on for as long again, once'
    : `; with fewer people decide, within ${spoken(then.patience)}`;
}

/** What a window is judged by, a phrase each. */
function criterionText(criterion: Criterion): string {
  if (criterion.kind === 'within-baseline') {
    const { within, mode } = criterion;
    const most = `${percent(within)} ${mode === 'relative' ? '%' : 'points'}`;
    return `${criterion.metric} at most ${most} above the stable lane's`;
  }
  const { metric, bound } = criterion;
  return metric === 'error-rate' ? `error-rate at most ${percent(bound)} %` : `${metric} at most ${bound} ms`;
}

/** Everything that a window is judged by, a phrase each. */
export const standardsOf = ({ criteria, metrics = [], scoring }: Window): string =>
  [
    ...criteria.map(criterionText),
    ...metrics.map((metric) => md(metricText(metric), 500)),
    ...(scoring ? [`metrics scored (${scoring.mode}): ${scoring.pass} passes, ${scoring.marginal} is marginal`] : []),
  ].join('; ');

/** `orders at most 5 % below the stable lane's, a sample every 1 min, critical`. */
function metricText(metric: WindowMetric): string {
  const { name, rule, every, dryRun, critical, unit } = metric;
  const how = [...(dryRun ? ['only shown'] : []), ...(critical ? ['critical'] : [])];
  return [`${name} ${ruleText(rule, unit)}`, `a sample every ${spoken(every)}`, ...how].join(', ');
}

function ruleText(rule: MetricRule, unit: string | undefined): string {
  const far = { increase: 'above', decrease: 'below', either: 'off' };
  const band = ({ mode, within }: Tolerance) => (mode === 'relative' ? `${percent(within)} %` : shown(within, unit));
  switch (rule.kind) {
    case 'stable':
      return `at most ${band(rule.tolerance)} ${far[rule.direction]} the stable lane's`;
    case 'bounds': {
      const { atMost, atLeast, statistic } = rule;
      const most = atMost === undefined ? [] : [`at most ${shown(atMost, unit)}`];
      const least = atLeast === undefined ? [] : [`at least ${shown(atLeast, unit)}`];
      return `${[...least, ...most].join(' and ')} (${statistic})`;
    }
    case 'forecast': {
      const { from, tolerance, direction, statistic } = rule;
      const when = 'ago' in from ? `its own ${lasting(from.ago)} before` : 'its forecast';
      return `at most ${band(tolerance)} ${far[direction]} ${when} (${statistic})`;
    }
    default:
      return neverReached(rule);
  }
}

/** The windows of a strategy, with what each is for. */
export function windowsOf(strategy: Strategy): readonly { readonly of: string; readonly window: Window }[] {
  const last = strategy.afterwards ? [{ of: 'all traffic', window: strategy.afterwards }] : [];
  if (strategy.kind !== 'canary' || strategy.shares.length < 2) return last;
  const before = strategy.shares.slice(0, -1).join(', ');
  return [{ of: `${before} % of the traffic`, window: strategy.window }, ...last];
}

/** A fraction as per cent. */
const percent = (fraction: number): number => Number((fraction * 100).toFixed(4));
