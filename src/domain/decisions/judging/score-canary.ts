import { graver, pass, type Verdict, type VerdictKind } from '../../verdict.js';
import { kayentaScore, scoredGroups } from './kayenta-score.js';
import type { MetricVerdict } from './metric.js';
import { shown } from './sentences.js';

export interface Scoring {
  /** `strict`: what is silent or failed to answer counts against. `kayenta`: as Kayenta counts, silence and all. */
  readonly mode: 'strict' | 'kayenta';
  /** Per cent from which the canary passes, 75 in Spinnaker. */
  readonly pass: number;
  /** Per cent from which it is marginal: inconclusive, a person looks. */
  readonly marginal: number;
  /** Per cent of the score by group; groups without one share what is left of 100. */
  readonly weights?: Readonly<Record<string, number>>;
}

export interface GroupScore {
  readonly name: string;
  /** Per cent of its metrics that pass. */
  readonly score: number;
  readonly metrics: number;
}

export interface CanaryScore extends Verdict {
  /** Per cent, 0 to 100, two decimals. */
  readonly score: number;
  /** The score if everything that is unknown turned out well. */
  readonly best: number;
  readonly groups: readonly GroupScore[];
  /** Metrics without a yes or no: silent, unanswered, inconclusive. */
  readonly unknown: readonly string[];
}

/**
 * A score of many metrics. Strict: an unknown metric counts as failed, and where that alone keeps the canary from passing
 * the verdict is that metric's, not `fail`; a critical metric decides alone. Dry-run metrics count nowhere.
 */
export function scoreCanary(metrics: readonly MetricVerdict[], scoring: Scoring): CanaryScore {
  const counted = metrics.filter(({ dryRun }) => !dryRun);
  const unknown = counted.filter(({ kind }) => kind !== 'pass' && kind !== 'fail');
  const names = unknown.map(({ name }) => name);
  if (scoring.mode === 'kayenta') return { ...byKayenta(counted, scoring), unknown: names };
  const low = scoreOf(counted, scoring, (kind) => kind === 'pass');
  const high = scoreOf(counted, scoring, (kind) => kind !== 'fail');
  const verdict = strictVerdict({ counted, unknown, low: low.score, high: high.score }, scoring);
  return { ...verdict, score: low.score, best: high.score, groups: low.groups, unknown: names };
}

interface Range {
  readonly counted: readonly MetricVerdict[];
  readonly unknown: readonly MetricVerdict[];
  readonly low: number;
  readonly high: number;
}

function strictVerdict({ counted, unknown, low, high }: Range, scoring: Scoring): Verdict {
  if (counted.length === 0) return { kind: 'no-data', reason: 'there is no metric that counts' };
  const critical = worstOf(counted.filter(({ criticalFailure }) => criticalFailure));
  if (critical !== undefined) return { kind: critical.kind, reason: `a critical metric decides: ${critical.reason}` };
  const range = low === high ? shown(low) : `${shown(low)} to ${shown(high)}, by what is unknown`;
  const says = `score ${range}; ${scoring.pass} passes, ${scoring.marginal} is marginal`;
  if (low >= scoring.pass) return pass(says);
  const worst = worstOf(counted.filter(({ kind }) => kind === 'fail'));
  if (high < scoring.marginal) return { kind: 'fail', reason: explained(says, worst) };
  if (high < scoring.pass) return { kind: 'inconclusive', reason: explained(says, worst) };
  const open = worstOf(unknown);
  return { kind: open?.kind ?? 'inconclusive', reason: explained(says, open) };
}

const explained = (says: string, because: Verdict | undefined): string =>
  because === undefined ? says : `${says}; ${because.reason}`;

const worstOf = (verdicts: readonly MetricVerdict[]): Verdict | undefined =>
  verdicts.length === 0 ? undefined : verdicts.reduce<Verdict>(graver, pass(''));

/** Per cent of the metrics that are good, each group by its weight; weights are taken as shares of their sum. */
function scoreOf(metrics: readonly MetricVerdict[], { weights = {} }: Scoring, isGood: (kind: VerdictKind) => boolean) {
  const groups = scoredGroups(metrics, weights).map(({ name, weight, members }) => {
    const score = (100 * members.filter(({ kind }) => isGood(kind)).length) / members.length;
    return { name, weight, score, metrics: members.length };
  });
  const all = groups.reduce((sum, { weight }) => sum + weight, 0);
  const score = groups.reduce((sum, group) => sum + group.score * group.weight, 0) / (all || 1);
  return {
    score: Math.round(score * 100) / 100,
    groups: groups.map(({ name, score: of, metrics: count }) => ({ name, score: of, metrics: count })),
  };
}

function byKayenta(counted: readonly MetricVerdict[], scoring: Scoring): Omit<CanaryScore, 'unknown'> {
  const { score, groups, because } = kayentaScore(counted, scoring.weights ?? {});
  const says = `score ${shown(score)} as Kayenta counts; ${scoring.pass} passes, ${scoring.marginal} is marginal${because === undefined ? '' : `; ${because}`}`;
  const kind = score >= scoring.pass ? 'pass' : score >= scoring.marginal ? 'inconclusive' : 'fail';
  const isSilent = kind === 'pass' && counted.every((metric) => metric.kind === 'no-data' || metric.kind === 'error');
  const verdict: Verdict = isSilent
    ? { kind: 'no-data', reason: `${says}; but no metric has brought data` }
    : { kind, reason: says };
  return { ...verdict, score, best: score, groups };
}
