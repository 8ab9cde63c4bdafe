import type { Report } from './report.js';
import type { Chance } from '../../support/chance.js';

/** What a bench is given by whoever runs it. */
export interface BenchRun {
  /** Rounds that count; the bench's own number where nothing was said. */
  readonly rounds: number | undefined;
  /** Everything left to chance is drawn from here. */
  readonly chance: Chance;
  /** Words after the name: parts of the bench to run, all where none is said. */
  readonly parts: readonly string[];
  readonly report: Report;
}

/** What a file of `test/bench` exports as `bench`. Answers whether every target was met. */
export type Bench = (run: BenchRun) => Promise<boolean>;
