import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Alternative, hodgesLehmann, mannWhitney } from '../../../src/domain/decisions/judging/index.js';

/** What R's `wilcox.test` and SciPy's `mannwhitneyu` say; made by `oracle/generate.R` and `oracle/generate.py`. */
interface Case {
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  readonly alternative: Alternative;
  readonly level: number;
  readonly method: 'exact' | 'asymptotic';
  readonly u: number;
  /** R has none where everything is tied. */
  readonly p: number | null;
  readonly scipy: number;
  /** R has no interval where everything would be tied at some shift: both samples constant. */
  readonly estimate: number | null;
  readonly low: number | string | null;
  readonly high: number | string | null;
}

const file = join(process.cwd(), 'test/decisions/judging/oracle/vectors.jsonl');
const cases = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);
const tolerance = 1e-9;

const present = (values: Case['x']): readonly number[] => values.filter((value) => value !== null);
const isNear = (met: number, wanted: number): boolean =>
  met === wanted || Math.abs(met - wanted) <= tolerance * Math.max(1, Math.abs(wanted));

/** The two middle differences, equal where their number is odd; R's root lies somewhere between them. */
function middles(x: readonly number[], y: readonly number[]): readonly [number, number] {
  const all = Float64Array.from(x.flatMap((a) => y.map((b) => a - b))).sort();
  return [all[(all.length - 1) >> 1]!, all[all.length >> 1]!];
}

describe(`${cases.length} cases of R and SciPy`, () => {
  const failed = (isMet: (test: Case, x: readonly number[], y: readonly number[]) => boolean) =>
    cases.filter((test) => !isMet(test, present(test.x), present(test.y))).map((test) => JSON.stringify(test));

  it('are many, small and large, tied and not', () => {
    assert.ok(cases.length >= 500);
    const sizes = cases.flatMap(({ x, y }) => [present(x).length, present(y).length]);
    assert.deepEqual([Math.min(...sizes), Math.max(...sizes) > 250], [1, true]);
    assert.ok(cases.filter(({ method }) => method === 'exact').length > 200);
    assert.ok(cases.filter(({ x }) => x.includes(null)).length > 30);
  });

  it('U and method', () => {
    const differ = failed(({ alternative, u, method }, x, y) => {
      const test = mannWhitney(x, y, { alternative });
      return test.u === u && test.method === method;
    });
    assert.deepEqual(differ, []);
  });

  it('p-values of R within 1e-9; where everything is tied, 1', () => {
    assert.deepEqual(
      failed(({ alternative, p }, x, y) => Math.abs(mannWhitney(x, y, { alternative }).pValue - (p ?? 1)) <= tolerance),
      [],
    );
  });

  it('p-values of SciPy within 1e-9', () => {
    assert.deepEqual(
      failed(
        ({ alternative, scipy }, x, y) => Math.abs(mannWhitney(x, y, { alternative }).pValue - scipy) <= tolerance,
      ),
      [],
    );
  });

  it('confidence intervals of R within 1e-9', () => {
    const differ = failed(({ alternative, level, low, high }, x, y) => {
      if (low === null || high === null) return true;
      const shift = hodgesLehmann(x, y, { alternative, level });
      return isNear(shift.low, Number(low)) && isNear(shift.high, Number(high));
    });
    assert.deepEqual(differ, []);
    assert.ok(cases.filter(({ low }) => low !== null).length >= 500);
  });

  it('estimates: the median difference, which R’s root is or encloses', () => {
    const differ = failed(({ estimate }, x, y) => {
      const [lower, upper] = middles(x, y);
      const met = hodgesLehmann(x, y).estimate;
      const isBetween = estimate === null || (estimate >= lower - tolerance && estimate <= upper + tolerance);
      return met === (lower + upper) / 2 && isBetween;
    });
    assert.deepEqual(differ, []);
  });

  it('of two constant samples the shift is known exactly, which R does not say', () => {
    const { estimate, low, high } = hodgesLehmann([8, 8, 8], [7, 7]);
    assert.deepEqual([estimate, low, high], [1, 1, 1]);
  });
});
