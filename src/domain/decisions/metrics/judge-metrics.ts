import { graver, pass, type Verdict } from '../../verdict.js';
import type { MetricReport, WindowMetric, WindowScore, WindowScoring } from '../../window-metric.js';
import type { Window } from '../../strategy.js';
import type { Control } from '../../sample.js';
import { saidOf } from '../control.js';
import { type Judgement, judgeWindow } from '../judge.js';
import { type CanaryScore, type MetricVerdict, scoreCanary } from '../judging/index.js';
import type { Watch } from '../watch.js';
import { beginMetric, type MetricSeen } from './seen.js';
import { earlyVerdict, finalVerdict, reportOf } from './verdict.js';

/** What the metrics of a window come to together. */
export interface MetricsJudgement {
  readonly verdict: Verdict;
  readonly final: boolean;
  readonly reports: readonly MetricReport[];
  /** Where they are scored. */
  readonly score?: WindowScore;
}

export interface MetricsAsk {
  readonly window: Window;
  readonly seen: readonly MetricSeen[];
  /** Whether the window is at its end. */
  readonly over: boolean;
  /** Whether a version ran here before: without one, what is held against the stable lane is only shown. */
  readonly compared: boolean;
  /** What it is compared with; the stable lane when missing. */
  readonly control?: Control;
}

/**
 * Judges the metrics of a window. Before its end only one that clearly fails, or whose limits are exceeded, ends it; where
 * they are scored, only a critical one. Those that run dry, and those that have nothing to be compared with, are shown.
 */
export function judgeMetrics(ask: MetricsAsk): MetricsJudgement | undefined {
  const { window, over } = ask;
  if (!window.metrics || window.metrics.length === 0) return undefined;
  const mode = window.scoring?.mode ?? 'strict';
  const judged = window.metrics.map((metric) => judgedOne(metric, ask, mode));
  const deciding = judged.filter(({ decides }) => decides);
  const ended = deciding.find(
    ({ metric, early }) => early && (!window.scoring || (metric.critical && early.kind === 'fail')),
  );
  const reports = judged.map(({ metric, seen, verdict, decides }) => reportOf(metric, seen, { verdict, decides }));
  if (ended?.early && !over) return { verdict: plain(ended.early), final: true, reports };
  if (!over) return { verdict: { kind: 'inconclusive', reason: 'watching' }, final: false, reports };
  if (!window.scoring || deciding.length === 0)
    return { verdict: allOf(deciding.map(({ verdict }) => verdict)), final: true, reports };
  const score = scored(
    deciding.map(({ verdict }) => verdict),
    window.scoring,
  );
  return { verdict: plain(score), final: true, reports, score: shownScore(score, window.scoring) };
}

/** A window by its requests, and by its metrics where it has any: each of them may end it, and it passes where both do. */
export function judgeWhole(
  window: Window,
  { watch, metrics: seen }: { readonly watch: Watch; readonly metrics?: readonly MetricSeen[] },
  compared: boolean,
): Judgement {
  const requests = judgeWindow(window, watch, compared);
  const over = watch.watchedMs >= window.for;
  const metrics = seen && judgeMetrics({ window, seen, over, compared, ...controlled(watch) });
  return metrics ? together(requests, metrics, over) : requests;
}

const controlled = ({ control }: Watch): Pick<MetricsAsk, 'control'> => (control ? { control } : {});

/** Both as one: before the end whichever ends it, at the end the graver of the two. */
export function together(requests: Judgement, metrics: MetricsJudgement, over: boolean): Judgement {
  const { verdict } = requests;
  if (!over)
    return requests.final || !metrics.final ? requests : { verdict: { ...verdict, ...metrics.verdict }, final: true };
  const worst = graver(verdict, metrics.verdict);
  const both = worst.kind === 'pass' && metrics.verdict.reason !== '';
  const reason = both ? `${verdict.reason}; ${metrics.verdict.reason}` : worst.reason;
  return { verdict: { ...verdict, kind: worst.kind, reason }, final: true };
}

interface Judged {
  readonly metric: WindowMetric;
  readonly seen: MetricSeen;
  readonly verdict: MetricVerdict;
  readonly early?: MetricVerdict;
  readonly decides: boolean;
}

function judgedOne(
  metric: WindowMetric,
  { seen: all, over, compared, control }: MetricsAsk,
  mode: 'strict' | 'kayenta',
): Judged {
  const seen = all.find(({ name }) => name === metric.name) ?? beginMetric(metric, false);
  const named = (said: MetricVerdict) => ({ ...said, reason: saidOf(said.reason, control) });
  const clear = earlyVerdict(metric, seen);
  const early = clear && named(clear);
  const verdict = early && !over ? early : named(finalVerdict(metric, seen, mode));
  const alone = metric.rule.kind === 'stable' && !compared;
  return {
    ...{ metric, seen, decides: metric.dryRun !== true && !alone },
    verdict: alone ? { ...verdict, kind: 'no-data', reason: `${metric.name}: ${nothingBefore}` } : verdict,
    ...(early && { early }),
  };
}

const nothingBefore = 'nothing ran here before to compare with; only shown';

const plain = ({ kind, reason }: Verdict): Verdict => ({ kind, reason });

/** The gravest, or all of them where all is well. */
function allOf(verdicts: readonly MetricVerdict[]): Verdict {
  const worst = verdicts.reduce<Verdict>(graver, pass(''));
  if (worst.kind !== 'pass') return plain(worst);
  return pass(verdicts.map(({ reason }) => reason).join('; '));
}

/** What few samples keep from being judged counts neither way, by Kayenta's rules too. */
function scored(verdicts: readonly MetricVerdict[], scoring: WindowScoring): CanaryScore {
  const score = scoreCanary(verdicts, scoring);
  const open = verdicts.find(({ kind }) => kind === 'inconclusive');
  if (scoring.mode === 'strict' || !open) return score;
  const best = scoreCanary(verdicts.map(atBest), scoring);
  return best.kind === 'fail' ? score : { ...score, kind: 'inconclusive', reason: `${score.reason}; ${open.reason}` };
}

const atBest = (verdict: MetricVerdict): MetricVerdict =>
  verdict.kind === 'inconclusive'
    ? { ...verdict, kind: 'pass', classification: 'pass', criticalFailure: false }
    : verdict;

const shownScore = ({ score, groups }: CanaryScore, { pass: passes, marginal }: WindowScoring): WindowScore => ({
  score,
  pass: passes,
  marginal,
  groups,
});
