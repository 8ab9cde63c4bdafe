import type { Blind } from '../src/domain/decisions/blind.js';
import type { Judgement } from '../src/domain/decisions/judge.js';
import type { MetricSeen } from '../src/domain/decisions/metrics/seen.js';
import type { Watch } from '../src/domain/decisions/watch.js';
import type { Series } from '../src/domain/series.js';

/** What a window carries from look to look, in heartbeat details: readable by `describe` while it runs. */
export interface WindowSoFar {
  readonly watch: Watch;
  readonly verdict: Judgement['verdict'];
  /** Missing of a window that began before this was kept. */
  readonly series?: Series;
  /** What its metrics have seen, in their order; missing where it has none. */
  readonly metrics?: readonly MetricSeen[];
  /** For how many looks in a row nobody could say which alerts fire; missing while somebody can. */
  readonly unheard?: number;
  /** It has seen too little at its end, and goes on; missing before that. */
  readonly extended?: true;
  /** The looks in a row that brought no figures; missing while they do. */
  readonly blind?: Blind;
}

/** What is carried of a window that has seen nothing yet, its source bringing no figures. */
export interface NothingSoFar {
  readonly blind: Blind;
  readonly watch?: never;
}
