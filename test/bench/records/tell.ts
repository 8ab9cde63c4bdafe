import type { Chance } from '../../support/chance.js';
import { ms, type Report } from '../support/report.js';
import { median, ratioOf, summaryOf } from '../support/statistics.js';
import type { Seeded } from './seed.js';

/** All in milliseconds. */
export interface MeasuredRecords {
  /** One record, and beside it a line added to a file and committed. */
  readonly append: Readonly<Record<'planned' | 'rollout' | 'closed' | 'floor', readonly number[]>>;
  /** The first record of a writer that has just started. */
  readonly first: readonly number[];
  /** `slipway audit verify`, and beside it the hash of every file by a program made for it. */
  readonly audit: Readonly<Record<'audit' | 'floor', readonly number[]>>;
}

/**
 * Milliseconds: a record at the median, in a repository of up to 10,000 entries; an audit at its longest, in one of any
 * size. Beyond that a record is measured and held to nothing: git writes a folder's list, and its index, whole.
 */
const targets = { append: 100, upTo: 10_000, audit: 10_000 };

/** Says what a repository of one size came to, and whether the targets were met. */
export function tell(
  ask: MeasuredRecords & { readonly seeded: Seeded; readonly chance: Chance; readonly report: Report },
): boolean {
  const { seeded, append, first, audit, chance, report } = ask;
  const compared = (
    what: string,
    a: readonly number[],
    b: readonly number[],
    target: number,
    figure: 'p50' | 'max',
  ) => {
    const [ours, floor] = [summaryOf(a), summaryOf(b)];
    const ratio = ratioOf({ a, b, figure: median, chance });
    const met = ours[figure] <= target;
    report.line({ releases: seeded.releases, what, ours, floor, ratio, target: { [figure]: target }, met });
    return { what, ours, floor, ratio, goal: target === Infinity ? '–' : `${figure} ≤ ${target} ms`, met };
  };
  const limit = seeded.entries <= targets.upTo ? targets.append : Infinity;
  const rows = [
    compared('planned', append.planned, append.floor, limit, 'p50'),
    compared('rollout', append.rollout, append.floor, limit, 'p50'),
    compared('closed', append.closed, append.floor, limit, 'p50'),
    compared('audit verify', audit.audit, audit.floor, targets.audit, 'max'),
  ];
  const { releases, entries, files, megabytes } = seeded;
  report.line({ releases, what: 'first record of a writer', ours: summaryOf(first) });
  report.say(`${releases} releases: ${entries} entries, ${files} files, ${megabytes} MB`);
  report.say(`the first record of a writer that has just started: ${ms(first[0] ?? Number.NaN)}`);
  report.table(
    ['what', 'n', 'p50', 'p95', 'max', 'bare p50', 'p95', 'ratio of p50 (95 %)', 'target', ''],
    rows.map(({ what, ours, floor, ratio, goal, met }) => [
      what,
      String(ours.n),
      ...[ours.p50, ours.p95, ours.max, floor.p50, floor.p95].map(ms),
      `${ratio.ratio.toFixed(2)} (${ratio.low.toFixed(2)} – ${ratio.high.toFixed(2)})`,
      goal,
      goal === '–' ? '' : met ? 'met' : 'MISSED',
    ]),
  );
  return rows.every(({ met }) => met);
}
