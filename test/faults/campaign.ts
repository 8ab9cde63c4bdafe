import { appendFile } from 'node:fs/promises';
import { type Lane, openLane, type Run } from './lane.js';
import { nameOf, type Point } from './points.js';
import { differences, type Seen } from './seen.js';

/** How a point went. */
export interface Tried {
  readonly point: Point;
  /**
   * The event that was seen when the workers were killed, with its number; missing where the run had fewer events than the
   * golden one, as when two signals came in one task: nothing was killed then.
   */
  readonly at?: string;
  readonly differences: readonly string[];
  readonly ms: number;
}

/** The golden run of each scenario, side by side: nothing is killed, and so none disturbs another. */
export async function goldenRuns(lane: Lane, names: readonly string[]): Promise<Readonly<Record<string, Run>>> {
  const runs = await Promise.all(names.map(async (name) => [name, await lane.run(name)] as const));
  for (const [name, { seen }] of runs)
    if (seen.broken.length > 0 || seen.lost > 0)
      throw new Error(
        `the golden ${name} is not golden: ${[...seen.broken, `${seen.lost} customers lost`].join('; ')}`,
      );
  return Object.fromEntries(runs);
}

/** One release with one kill, compared with its golden run. What goes wrong is a difference, never a fault. */
export async function attempt(lane: Lane, point: Point, golden: Seen): Promise<Tried> {
  const begun = Date.now();
  const tried = (found: readonly string[], at?: string): Tried => ({
    point,
    differences: found,
    ms: Date.now() - begun,
    ...(at !== undefined && { at }),
  });
  try {
    const { seen, killed } = await lane.run(point.scenario, point);
    return tried(differences(golden, seen), killed?.at);
  } catch (fault) {
    return tried([`fault: ${said(fault)}`]);
  }
}

/** Works points off, one at a time on each lane, until none is left or the time is up. */
export async function workOff(ask: {
  readonly points: readonly Point[];
  readonly golden: Readonly<Record<string, Run>>;
  /** The first lane; the others are opened. */
  readonly lane: Lane;
  readonly lanes: number;
  readonly until: number;
  readonly out: string;
  readonly told: (tried: Tried) => void;
}): Promise<readonly Tried[]> {
  const left = [...ask.points];
  const names = [...new Set(ask.points.map(({ scenario }) => scenario))];
  const done: Tried[] = [];
  await Promise.all(
    Array.from({ length: Math.min(ask.lanes, left.length) }, (_, at) => work(at === 0 ? ask.lane : undefined)),
  );
  return done;

  async function work(own: Lane | undefined): Promise<void> {
    let lane = own ?? (await openLane(names));
    try {
      for (let point = next(); point; point = next()) {
        const golden = ask.golden[point.scenario]?.seen;
        if (!golden) throw new Error(`no golden run of ${point.scenario}`);
        const tried = await attempt(lane, point, golden);
        done.push(tried);
        ask.told(tried);
        await appendFile(
          ask.out,
          `${JSON.stringify({ ...tried, name: nameOf(point), passed: tried.differences.length === 0 })}\n`,
        );
        // A release that is still under way would be in the way of the next one.
        if (tried.differences.some((difference) => difference.startsWith('fault:'))) {
          await lane.close();
          lane = await openLane(names);
        }
      }
    } finally {
      await lane.close();
    }
  }

  function next(): Point | undefined {
    return Date.now() < ask.until ? left.shift() : undefined;
  }
}

const said = (fault: unknown): string => {
  if (!(fault instanceof Error)) return String(fault);
  return fault.cause === undefined ? fault.message : `${fault.message} (${said(fault.cause)})`;
};
