import { endsOf, harmful, harmless, judgedWindows, type Told, traffics } from './judge/chances.js';
import { openSciPy } from './judge/scipy.js';
import { speedOf, windowsOf } from './judge/speed.js';
import type { Bench, BenchRun } from './support/bench.js';
import { localFacts } from './support/machine.js';
import { ms } from './support/report.js';
import { median, ratioOf, summaryOf } from './support/statistics.js';

/** How often the judge is wrong, how soon it is right, and how fast it is beside SciPy. */
export const bench: Bench = async (run) => {
  const all = Object.keys(parts) as (keyof typeof parts)[];
  const wanted = all.filter((name) => run.parts.length === 0 || run.parts.includes(name));
  run.report.line({ machine: localFacts() });
  let met = true;
  for (const name of wanted) {
    run.report.say('');
    met = (await parts[name](run)) && met;
  }
  return met;
};

const alphas = [0.05, 0.01];
const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;
const verdict = (isMet: boolean | undefined): string => (isMet === undefined ? '–' : isMet ? 'met' : 'MISSED');

const parts = {
  /** Lanes that do not differ, and lanes that differ by a standard deviation. */
  compare: async ({ rounds = 4_000, chance, report }: BenchRun): Promise<boolean> => {
    const rows: string[][] = [];
    const results: boolean[] = [];
    const told = (name: string, what: string, { failed, inconclusive }: Told, isMet: boolean | undefined): void => {
      report.line({ judge: what, name, rounds, alphas, failed, inconclusive, met: isMet ?? null });
      rows.push([what, name, ...failed.map(percent), percent(inconclusive), verdict(isMet)]);
      if (isMet !== undefined) results.push(isMet);
    };
    for (const scenario of harmless) {
      const judged = judgedWindows(scenario, rounds, alphas, chance);
      const { most } = scenario;
      const isMet =
        most === undefined ? undefined : judged.failed.every((part, i) => isAtMost(part, most * alphas[i]!, rounds));
      told(scenario.name, 'false alarm', judged, isMet);
    }
    for (const scenario of harmful) {
      const judged = judgedWindows(scenario, rounds, alphas, chance);
      told(
        scenario.name,
        '+1 SD found',
        judged,
        scenario.least === undefined ? undefined : judged.failed.every((part) => part >= scenario.least!),
      );
    }
    report.table(
      ['comparison', `${rounds} windows of`, ...alphas.map((alpha) => `alpha ${alpha}`), 'inconclusive', 'target'],
      rows,
    );
    return Promise.resolve(results.every(Boolean));
  },

  /** Error rates, looked at after every look. */
  sequential: async ({ rounds = 4_000, chance, report }: BenchRun): Promise<boolean> => {
    const windows = Math.ceil(rounds / 4);
    const results: boolean[] = [];
    const rows = traffics.flatMap((traffic) =>
      alphas.map((alpha) => {
        const isHarmless = traffic.worse === 1 || traffic.tolerance.mode === 'points';
        const ends = endsOf(traffic, traffic.looks > 1_000 ? Math.ceil(windows / 4) : windows, alpha, chance);
        const stopped = ends.filter((look) => look < Infinity).length / ends.length;
        const half = median(ends) / traffic.looks;
        const isMet = isHarmless
          ? isAtMost(stopped, alpha, ends.length)
          : traffic.within === undefined
            ? undefined
            : half <= traffic.within;
        if (isMet !== undefined) results.push(isMet);
        report.line({
          judge: 'sequential',
          ...traffic,
          alpha,
          windows: ends.length,
          stopped,
          median: half,
          met: isMet ?? null,
        });
        const end = half < Infinity ? percent(half) : 'never';
        return [isHarmless ? 'false alarm' : 'worse', traffic.name, `${alpha}`, percent(stopped), end, verdict(isMet)];
      }),
    );
    report.table(['sequential', `${windows} windows of`, 'alpha', 'stopped', 'half of them by', 'target'], rows);
    return Promise.resolve(results.every(Boolean));
  },

  /** The Mann–Whitney test beside SciPy's, on the same samples in the same run. */
  speed: async ({ rounds, chance, report }: BenchRun): Promise<boolean> => {
    const scipy = await openSciPy();
    if (!scipy) {
      report.line({ judge: 'speed', scipy: null });
      report.say('speed: left out, no python3 on PATH can import SciPy (pip install scipy)');
      return false;
    }
    const targets: Readonly<Record<number, number>> = { 240: 20, 1_000: 3, 10_000: 1 };
    const results: boolean[] = [];
    const rows: string[][] = [];
    for (const size of [15, 60, 240, 1_000, 10_000]) {
      const { ours, scipy: theirs, apart } = await speedOf(size, Math.min(rounds ?? 15, 50), scipy, chance);
      const ratio = ratioOf({ a: theirs, b: ours, figure: median, chance });
      const target = targets[size];
      const isMet = target === undefined ? undefined : ratio.high >= target && apart <= 1e-9;
      if (isMet !== undefined) results.push(isMet);
      report.line({
        judge: 'speed',
        size,
        us: median(ours),
        scipyUs: median(theirs),
        ...ratio,
        apart,
        version: scipy.version,
        met: isMet ?? null,
      });
      const times = `${ratio.ratio.toFixed(1)} (${ratio.low.toFixed(1)} to ${ratio.high.toFixed(1)})`;
      rows.push([
        `${size}`,
        median(ours).toFixed(1),
        median(theirs).toFixed(1),
        times,
        apart.toExponential(0),
        `${target === undefined ? '' : `${target}× `}${verdict(isMet)}`,
      ]);
    }
    scipy.close();
    report.table(['samples a lane', 'µs', `µs, SciPy ${scipy.version}`, 'times as fast', 'p apart', 'target'], rows);
    return results.every(Boolean);
  },

  /** A whole window judged at once. */
  window: async ({ rounds = 50, chance, report }: BenchRun): Promise<boolean> => {
    const { p50, p95 } = summaryOf(windowsOf(Math.min(rounds, 500), chance));
    const isMet = p50 <= 10;
    report.line({ judge: 'window', metrics: 50, samples: 60, p50Ms: p50, p95Ms: p95, met: isMet });
    report.table(
      ['50 metrics × 60 samples × 2 lanes, CPU', 'p95', 'target'],
      [[ms(p50), ms(p95), `10 ms ${verdict(isMet)}`]],
    );
    return Promise.resolve(isMet);
  },
} as const;

/** Missed only where chance does not explain it: three standard errors of a rate that is just allowed. */
const isAtMost = (rate: number, most: number, rounds: number): boolean =>
  rate <= most + 3 * Math.sqrt((most * (1 - most)) / rounds);
