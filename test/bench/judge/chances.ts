import {
  beginRates,
  classifyMetric,
  type Comparison,
  lookAtRates,
  type MetricVerdict,
  ratesP,
  type Tolerance,
} from '../../../src/domain/decisions/judging/index.js';
import type { Chance } from '../../support/chance.js';
import { autoregressive, failures, normal } from '../../support/series.js';

/** Two lanes of samples as a window might bring them. */
type Lanes = (chance: Chance) => Pick<Comparison, 'stable' | 'candidate'>;

const lanes =
  (length: number, lagOne: number, shift = 0): Lanes =>
  (chance) => ({
    stable: autoregressive(chance, length, lagOne),
    candidate: autoregressive(chance, length, lagOne, shift),
  });

/** Both lanes follow one course, as over a day. */
const daily =
  (shift: number): Lanes =>
  (chance) => {
    const course = (values: readonly number[]) =>
      values.map((value, i) => value + 3 * Math.sin((2 * Math.PI * i) / 60));
    return { stable: course(autoregressive(chance, 60, 0)), candidate: course(autoregressive(chance, 60, 0, shift)) };
  };

const withOutliers: Lanes = (chance) => {
  const wild = () => Array.from({ length: 60 }, () => normal(chance) + (chance() < 0.01 ? 100 : 0));
  return { stable: wild(), candidate: wild() };
};

/** A candidate of little traffic, whose samples scatter twice as much. */
const littleTraffic: Lanes = (chance) => ({
  stable: autoregressive(chance, 60, 0),
  candidate: autoregressive(chance, 60, 0).map((value) => 2 * value),
});

export interface Scenario {
  readonly name: string;
  readonly lanes: Lanes;
  /** How many times alpha false alarms may be at most; undefined is for information. */
  readonly most?: number;
}

/** Lanes that do not differ: what fails here is a false alarm. */
export const harmless: readonly Scenario[] = [
  { name: 'independent, 60 samples', lanes: lanes(60, 0), most: 1.25 },
  { name: 'independent, 20 samples', lanes: lanes(20, 0), most: 1.25 },
  { name: 'lag one 0.2, 60 samples', lanes: lanes(60, 0.2) },
  { name: 'lag one 0.5, 60 samples', lanes: lanes(60, 0.5), most: 2 },
  { name: 'lag one 0.5, 240 samples', lanes: lanes(240, 0.5), most: 2 },
  { name: 'lag one 0.5, 30 samples', lanes: lanes(30, 0.5) },
  { name: 'lag one 0.8, 60 samples', lanes: lanes(60, 0.8) },
  { name: 'lag one 0.8, 240 samples', lanes: lanes(240, 0.8) },
  { name: 'one daily course', lanes: daily(0), most: 1.25 },
  { name: '1 % outliers', lanes: withOutliers, most: 1.25 },
  { name: 'candidate scatters twice', lanes: littleTraffic },
];

/** Lanes that differ by one standard deviation; `most` is not used. */
export const harmful: readonly (Scenario & { readonly least?: number })[] = [
  { name: 'independent, 60 samples', lanes: lanes(60, 0, 1), least: 0.95 },
  { name: 'lag one 0.5, 60 samples', lanes: lanes(60, 0.5, 1) },
  { name: 'one daily course', lanes: daily(1) },
];

export interface Told {
  /** Parts of all windows that failed, by alpha. */
  readonly failed: readonly number[];
  readonly inconclusive: number;
}

/** Judges as many windows of a scenario as there are rounds. */
export function judgedWindows(scenario: Scenario, rounds: number, alphas: readonly number[], chance: Chance): Told {
  const verdicts: MetricVerdict[] = [];
  for (let round = 0; round < rounds; round += 1)
    verdicts.push(
      classifyMetric({
        name: 'metric',
        test: 'compare',
        direction: 'increase',
        tolerance: { mode: 'points', within: 0 },
        alpha: 0.01,
        minSamples: 20,
        ...scenario.lanes(chance),
      }),
    );
  const judged = verdicts.filter(({ kind }) => kind !== 'inconclusive');
  return {
    failed: alphas.map((alpha) => judged.filter(({ figures }) => (figures.pValue ?? 1) <= alpha).length / rounds),
    inconclusive: 1 - judged.length / rounds,
  };
}

export interface Traffic {
  readonly name: string;
  readonly looks: number;
  readonly stable: number;
  readonly candidate: number;
  readonly rate: number;
  /** The candidate's rate over the stable lane's. */
  readonly worse: number;
  readonly tolerance: Tolerance;
  /** Part of the window within which half of the windows must end; undefined: false alarms, or for information. */
  readonly within?: number;
}

const exactly: Tolerance = { mode: 'relative', within: 0 };
const fivePercent: Tolerance = { mode: 'relative', within: 0.05 };

export const traffics: readonly Traffic[] = [
  { name: '2 % on both, share 10 %', looks: 60, stable: 540, candidate: 60, rate: 0.02, worse: 1, tolerance: exactly },
  {
    name: '0.5 % on both, share 5 %',
    looks: 60,
    stable: 570,
    candidate: 30,
    rate: 0.005,
    worse: 1,
    tolerance: exactly,
  },
  { name: '2 % on both, 1440 looks', looks: 1440, stable: 50, candidate: 50, rate: 0.02, worse: 1, tolerance: exactly },
  {
    name: 'at the bound of 2 points',
    looks: 60,
    stable: 450,
    candidate: 150,
    rate: 0.02,
    worse: 2,
    tolerance: { mode: 'points', within: 0.02 },
  },
  {
    name: '2 % to 4 %, share 10 %',
    looks: 60,
    stable: 540,
    candidate: 60,
    rate: 0.02,
    worse: 2,
    tolerance: fivePercent,
    within: 1 / 3,
  },
  {
    name: '1 % to 2 %, share 25 %',
    looks: 60,
    stable: 450,
    candidate: 150,
    rate: 0.01,
    worse: 2,
    tolerance: fivePercent,
    within: 1 / 3,
  },
  {
    name: '0.5 % to 1 %, share 5 %',
    looks: 60,
    stable: 570,
    candidate: 30,
    rate: 0.005,
    worse: 2,
    tolerance: fivePercent,
  },
  {
    name: '2 % to 20 %, share 5 %',
    looks: 60,
    stable: 570,
    candidate: 30,
    rate: 0.02,
    worse: 10,
    tolerance: fivePercent,
    within: 1 / 3,
  },
];

/** The looks at which windows ended, Infinity where they did not, in rising order. */
export function endsOf(traffic: Traffic, windows: number, alpha: number, chance: Chance): readonly number[] {
  const endOf = (): number => {
    let test = beginRates(traffic.tolerance);
    for (let look = 1; look <= traffic.looks; look += 1) {
      const answered = (requests: number, rate: number) => ({ requests, errors: failures(chance, requests, rate) });
      const stable = answered(traffic.stable, traffic.rate);
      test = lookAtRates(test, { stable, candidate: answered(traffic.candidate, traffic.rate * traffic.worse) });
      if (ratesP(test) <= alpha) return look;
    }
    return Infinity;
  };
  return Array.from({ length: windows }, endOf).sort((a, b) => a - b);
}
