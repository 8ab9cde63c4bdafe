import type { PrometheusConfig } from '../../config/config.js';
import { spoken } from '../../domain/duration.js';
import type { Place } from '../../domain/environment.js';
import type { AnyLane } from '../../domain/rollout.js';
import { type LaneCounters, type LaneSample, noRequests } from '../../domain/sample.js';
import { Unmeasured } from '../../domain/unmeasured.js';
import type { FleetStatus } from '../../ports/fleet.js';
import type { Metrics, Question } from '../../ports/metrics.js';
import type { Variables } from '../secret.js';
import { whom } from './answered.js';
import { askSeries } from './ask.js';
import { askNumber, askNumbers } from './ask-number.js';
import { countersOf, type LaneSeries } from './counters.js';

/** The version that runs in each lane of a place, and as its baseline, where one does. */
export type Running = (place: Place) => Promise<Partial<Readonly<Record<AnyLane, string>>>>;

export const versionsOf = ({
  stable,
  candidate,
  baseline,
}: Partial<Pick<FleetStatus, AnyLane>>): Awaited<ReturnType<Running>> => ({
  ...(stable && { stable: stable.artifact.version }),
  ...(candidate && { candidate: candidate.artifact.version }),
  ...(baseline && { baseline: baseline.artifact.version }),
});

interface Wiring {
  readonly source: PrometheusConfig;
  readonly variables: Variables;
  readonly running: Running;
}

/** A sample this many scrapes old is stale. */
const missedScrapes = 3;

/** So far before the sample before is looked for what a series stood at then: as many scrapes may fail in between. */
const scrapesBack = 20;

/** What a Prometheus has scraped of the lanes. All are read as of the same moment, `delay` ago. */
export function createPrometheusMetrics({ source, variables, running }: Wiring): Metrics {
  return {
    async sample(place, last) {
      const now = Date.now();
      const at = (now - source.delay) / 1_000;
      const versions = await running(place);
      const read = async (lane: AnyLane): Promise<Read> => {
        const version = versions[lane];
        if (version === undefined) return { counters: last?.[lane] ?? noRequests, series: 0, runs: false };
        const series = await seriesOf({ place, lane, version }, at, last);
        const counters = last && (last[lane] ?? noRequests);
        fresh(series, { lane, at, ...(counters && { last: counters }) });
        const since = last && counters && { at: (Date.parse(last.at) - source.delay) / 1_000, counters };
        return { counters: plausible(countersOf(series, since), lane), series: series.requests.length, runs: true };
      };
      const [stable, candidate, baseline] = await Promise.all([read('stable'), read('candidate'), read('baseline')]);
      const ran = [stable, candidate, baseline].filter(({ runs }) => runs);
      // Where nothing runs it is still asked: whether it can be is what people want to know before they begin.
      if (ran.length === 0) await seriesOf({ place, lane: 'stable', version: '' }, at);
      else if (ran.every(({ series }) => series === 0)) throw unknown(place, versions);
      return {
        at: new Date(now).toISOString(),
        stable: stable.counters,
        candidate: candidate.counters,
        ...(baseline.runs && { baseline: baseline.counters }),
      };
    },

    async ask(place, questions) {
      const versions = await running(place);
      const answers = questions.map(async (question) => {
        const query = queryOf(place, question, versions);
        return await askNumber({ source, variables }, query, momentOf(question));
      });
      const settled = await Promise.allSettled(answers);
      return settled.map((one) => {
        if (one.status === 'fulfilled') return one.value;
        if (one.reason instanceof Unmeasured) return one.reason;
        throw one.reason;
      });
    },

    async past(place, question, { every, count }) {
      const query = queryOf(place, question, await running(place));
      return await askNumbers({ source, variables }, query, { until: momentOf(question), step: every / 1_000, count });
    },
  };

  /** Where nothing runs in a lane it is still asked, and finds nothing. */
  function queryOf(place: Place, { query, lane }: Question, versions: Awaited<ReturnType<Running>>): string {
    return filled(query, { place, lane, version: versions[lane] ?? '' });
  }

  function momentOf({ at }: Question): number {
    return (Date.parse(at) - source.delay) / 1_000;
  }

  async function seriesOf(of: Filling, at: number, last?: LaneSample): Promise<LaneSeries> {
    const { requests, errors, latency } = source.queries;
    const gap = last ? Math.max(0, at - (Date.parse(last.at) - source.delay) / 1_000) : 0;
    const seconds = Math.ceil(gap + (scrapesBack * source.scrapeInterval) / 1_000);
    const ask = async (template: string | undefined) =>
      template === undefined
        ? []
        : await askSeries({ source, variables }, { selector: filled(template, of), seconds, at });
    const [asked, failed, took] = await Promise.all([ask(requests), ask(errors), ask(latency)]);
    return { requests: asked, errors: failed, latency: took };
  }

  function fresh(
    { requests }: LaneSeries,
    { lane, at, last }: { readonly lane: AnyLane; readonly at: number; readonly last?: LaneCounters },
  ): void {
    const newest = Math.max(...requests.map(({ samples }) => samples.at(-1)?.[0] ?? 0));
    const wanted = (missedScrapes * source.scrapeInterval) / 1_000;
    if (requests.length === 0 && (last?.requests ?? 0) === 0) return;
    if (requests.length > 0 && at - newest <= wanted) return;
    const age = requests.length > 0 ? `is ${spoken((at - newest) * 1_000)} old` : 'is gone';
    const reason = `the newest sample of the ${lane} lane ${age}; wanted at most ${spoken(wanted * 1_000)}`;
    throw new Unmeasured('stale', `${reason}, ${missedScrapes} scrapes: see that ${whom(source)} reaches its targets`);
  }

  function plausible(counters: LaneCounters, lane: AnyLane): LaneCounters {
    const { requests, errors } = counters;
    if (errors <= requests) return counters;
    const reason = `${errors} errors of ${requests} requests on the ${lane} lane; wanted errors that are among the requests`;
    throw new Unmeasured('no-number', `${reason}: see queries`);
  }

  function unknown(place: Place, versions: Awaited<ReturnType<Running>>): Unmeasured {
    const lane: AnyLane = versions.stable === undefined ? 'candidate' : 'stable';
    const selector = filled(source.queries.requests, { place, lane, version: versions[lane] ?? '' });
    return new Unmeasured('no-series', `${whom(source)} has no series of ${selector}, though ${place.service} runs`);
  }
}

interface Read {
  readonly counters: LaneCounters;
  readonly series: number;
  readonly runs: boolean;
}

interface Filling {
  readonly place: Place;
  readonly lane: AnyLane;
  readonly version: string;
}

function filled(template: string, { place, lane, version }: Filling): string {
  const words: Readonly<Record<string, string>> = { ...place, lane, version };
  return template.replace(/\{\{(\w+)\}\}/g, (_, word: string) => (words[word] ?? '').replace(/["\\]/g, '\\$&'));
}
