import { ms, type Report } from '../support/report.js';
import type { Chance } from '../../support/chance.js';
import { median, type Ratio, ratioOf, type Summary, summaryOf } from '../support/statistics.js';
import type { Measured } from './demand.js';

/** What each case is held to: milliseconds at p99, and times the bare workflow at the median. */
const targets: Readonly<Record<string, { readonly started: number; readonly safe: number; readonly times?: number }>> =
  {
    idle: { started: 250, safe: 2_000, times: 2 },
    busy: { started: 1_250, safe: 3_000 },
    parked: { started: 250, safe: 2_000, times: 2 },
    killed: { started: 3_000, safe: 5_000 },
    dying: { started: 3_000, safe: 5_000 },
  };

const kinds = ['http', 'alert', 'signal', 'direct'] as const;
const measures = ['started', 'safe'] as const;

/** Says what a case came to, and whether its targets were met. */
export function tell(ask: {
  readonly name: string;
  readonly measured: Measured;
  readonly chance: Chance;
  readonly report: Report;
}): boolean {
  const { name, measured, chance, report } = ask;
  const target = targets[name] ?? { started: Infinity, safe: Infinity };
  const rows = kinds.flatMap((way) =>
    measures.map((measure) => {
      const a = measured[way].map((reaction) => reaction[measure]);
      const b = floorOf(measured, way).map((reaction) => reaction[measure]);
      const [ours, floor] = [summaryOf(a), summaryOf(b)];
      const ratio = ratioOf({ a, b, figure: median, chance });
      const times = measure === 'started' ? target.times : undefined;
      const met = ours.p99 <= target[measure] && (times === undefined || ratio.low <= times);
      report.line({ case: name, way, measure, ours, floor, ratio, target: { p99: target[measure], times }, met });
      return { way, measure, ours, floor, ratio, goal: goal(target[measure], times), met };
    }),
  );
  report.say(`\n${name}`);
  report.table(
    ['by', 'until', 'n', 'p50', 'p95', 'p99', 'bare p50', 'p95', 'p99', 'ratio of p50 (95 %)', 'target', ''],
    rows.map(({ way, measure, ours, floor, ratio, goal, met }) => [
      way,
      measure,
      String(ours.n),
      ...figures(ours),
      ...figures(floor),
      between(ratio),
      goal,
      met ? 'met' : 'MISSED',
    ]),
  );
  tellHops(ask);
  return rows.every(({ met }) => met);
}

/** A release passes a signal on to its rollout: it is held against bare workflows that pass it on as well. */
const floorOf = ({ floor, relay }: Measured, way: (typeof kinds)[number]): Measured['floor'] =>
  way === 'signal' ? relay : floor;

function tellHops({ name, measured, report }: { name: string; measured: Measured; report: Report }): void {
  const hops = Object.keys(measured.http[0]?.hops ?? {});
  const rows = hops.map((hop) => {
    const at = (way: keyof Measured) => summaryOf(measured[way].flatMap((reaction) => reaction.hops?.[hop] ?? []));
    return { hop, http: at('http'), alert: at('alert'), signal: at('signal'), direct: at('direct') };
  });
  const lost = Object.fromEntries(kinds.map((way) => [way, measured[way].flatMap((reaction) => reaction.lost ?? [])]));
  report.line({ case: name, hops: rows, lost });
  report.table(
    ['where the time until `started` goes', ...kinds.flatMap((way) => [`${way} p50`, 'max'])],
    rows.map((row) => [row.hop, ...kinds.flatMap((way) => [ms(row[way].p50), ms(row[way].max)])]),
  );
  if (Object.values(lost).flat().length > 0) report.say(`workflow tasks lost: ${JSON.stringify(lost)}`);
}

const figures = ({ p50, p95, p99 }: Summary): readonly string[] => [ms(p50), ms(p95), ms(p99)];
const between = ({ ratio, low, high }: Ratio): string => `${ratio.toFixed(2)} (${low.toFixed(2)} – ${high.toFixed(2)})`;
const goal = (p99: number, times: number | undefined): string =>
  `p99 ≤ ${p99} ms${times === undefined ? '' : `, ≤ ${times} ×`}`;
