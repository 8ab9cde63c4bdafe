import { anytimeP, beginBets, type Bets, settle } from './betting.js';
import type { Tolerance } from './tolerance.js';

/** What a lane answered between two looks. */
export interface Answered {
  readonly requests: number;
  readonly errors: number;
}

export interface RatesLook {
  readonly stable: Answered;
  readonly candidate: Answered;
}

/** A sequential test of two error rates under way: plain data, carried from look to look. */
export interface RatesTest {
  readonly tolerance: Tolerance;
  readonly bets: Bets;
  /** What the stable lane answered so far: bets are placed by it, before the next look is seen. */
  readonly past: Answered;
}

/** By how many times the odds of an error may exceed what is allowed, and how much is put on each. */
const excesses = [1.25, 1.5, 2, 3, 5, 10, 30, 100, 1000];
const weights = [0.1, 0.15, 0.25, 0.2, 0.1, 0.08, 0.06, 0.04, 0.02];

/**
 * Begins an anytime-valid test of "the candidate's error rate is within the tolerance of the stable lane's": an e-process
 * for two Bernoulli rates (R. J. Turner, A. Ly, P. D. Grünwald, Generic E-variables for exact sequential k-sample tests,
 * J. Stat. Plan. Inference 230, 2024). The false-alarm bound holds over all looks, whatever the traffic shares are and
 * however the rate of both lanes drifts together.
 * @param before what the stable lane answered before the window; without it the first look only teaches
 */
export const beginRates = (tolerance: Tolerance, before: Answered = { requests: 0, errors: 0 }): RatesTest => ({
  tolerance,
  bets: beginBets(weights),
  past: before,
});

/** One look more. The bets were placed by what came before it; the numbers of requests may not depend on their errors. */
export function lookAtRates(test: RatesTest, { stable, candidate }: RatesLook): RatesTest {
  const past = { requests: test.past.requests + stable.requests, errors: test.past.errors + stable.errors };
  if (test.past.requests === 0 || candidate.requests === 0) return { ...test, past };
  const bets = settle(
    test.bets,
    excesses.map((excess) => logRatio(test, excess, { stable, candidate })),
  );
  return { ...test, bets, past };
}

/** A p-value that is valid at every look; the test ends with a failure once it is at most alpha. */
export const ratesP = ({ bets }: RatesTest): number => anytimeP(bets);

/**
 * Logarithm of the likelihood of a look under the bet (a, b) over that under the nearest rates (p, q) that are still
 * allowed, q = slope·p + offset, in Kullback–Leibler divergence weighted by requests. Its exponential has an expectation
 * of at most 1 under every allowed pair of rates: the expectation's logarithm is concave in the rates, 0 at (p, q), and
 * its gradient there is the outward normal of the allowed, convex region, because (p, q) minimises the divergence.
 */
function logRatio({ tolerance, past }: RatesTest, excess: number, { stable, candidate }: RatesLook): number {
  const a = (past.errors + 0.5) / (past.requests + 1);
  const slope = tolerance.mode === 'relative' ? 1 + tolerance.within : 1;
  const offset = tolerance.mode === 'points' ? tolerance.within : 0;
  const allowed = slope * a + offset;
  // Where everything is allowed there is nothing to bet on.
  if (allowed >= 1) return 0;
  const odds = (excess * allowed) / (1 - allowed);
  const b = odds / (1 + odds);
  const p = nearestAllowed({ a, b, slope, offset, m: stable.requests, n: candidate.requests });
  return logLikelihood(stable, a, p) + logLikelihood(candidate, b, slope * p + offset);
}

const logLikelihood = ({ requests, errors }: Answered, bet: number, allowed: number): number =>
  errors * Math.log(bet / allowed) + (requests - errors) * Math.log((1 - bet) / (1 - allowed));

interface Projection {
  readonly a: number;
  readonly b: number;
  readonly slope: number;
  readonly offset: number;
  readonly m: number;
  readonly n: number;
}

/** The stable rate p at which m·KL(a, p) + n·KL(b, slope·p + offset) is least: where its rising derivative is 0. */
function nearestAllowed({ a, b, slope, offset, m, n }: Projection): number {
  if (slope === 1 && offset === 0) return (m * a + n * b) / (m + n);
  const pull = (bet: number, rate: number): number => (rate - bet) / (rate * (1 - rate));
  let [low, high] = [a, (b - offset) / slope];
  for (let step = 0; step < 60; step += 1) {
    const p = (low + high) / 2;
    if (m * pull(a, p) + n * slope * pull(b, slope * p + offset) < 0) low = p;
    else high = p;
  }
  return (low + high) / 2;
}
