import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AnyLane } from '../../../domain/rollout.js';
import type { LaneCounters, LaneSample } from '../../../domain/sample.js';

/** How one request ended, as the lane that had it is judged. */
export interface Ended {
  readonly service: string;
  readonly lane: AnyLane;
  readonly version: string;
  /** The status sent to the client; 499 where the client did not wait for one. */
  readonly code: number;
  /** Until the answer began: a client that reads slowly does not make a lane slow. Missing where there was no answer. */
  readonly latencyMs?: number;
  readonly error: boolean;
}

/** What Prometheus is told of the places at the moment it asks. */
export interface Levels {
  readonly service: string;
  readonly share: number;
  readonly instances: readonly { readonly id: string; readonly lane: AnyLane; readonly up: boolean }[];
}

export interface Counters {
  readonly count: (ended: Ended) => void;
  /** The baseline's only where it has one. */
  sample(service: string, hasBaseline: boolean): LaneSample;
  /** In the text format of Prometheus. */
  readonly exposition: () => Promise<string>;
}

const bounds = [1, 2, 5, 10, 25, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000];

/** Counts per lane since the host began: they only rise, also when a lane is given to another version. */
export function createCounters(of: {
  readonly environment: string;
  readonly levels: () => readonly Levels[];
}): Counters {
  const tallies = new Map<string, Tally>();
  const tallyOf = (service: string, lane: AnyLane): Tally => {
    const name = `${service} ${lane}`;
    const tally = tallies.get(name) ?? { requests: 0, errors: 0, answers: [...bounds, Infinity].map(() => 0) };
    tallies.set(name, tally);
    return tally;
  };
  const prometheus = createPrometheus(of);
  return {
    count: (ended) => {
      const tally = tallyOf(ended.service, ended.lane);
      tally.requests += 1;
      if (ended.error) tally.errors += 1;
      if (ended.latencyMs !== undefined) addTo(tally, ended.latencyMs);
      prometheus.count(ended);
    },
    sample: (service, hasBaseline) => ({
      at: new Date().toISOString(),
      stable: countersOf(tallyOf(service, 'stable')),
      candidate: countersOf(tallyOf(service, 'candidate')),
      ...(hasBaseline && { baseline: countersOf(tallyOf(service, 'baseline')) }),
    }),
    exposition: prometheus.exposition,
  };
}

interface Tally {
  requests: number;
  errors: number;
  /** Per bound, not yet cumulative; the last is for all that took longer. */
  readonly answers: number[];
}

function addTo(tally: Tally, latencyMs: number): void {
  const found = bounds.findIndex((bound) => latencyMs <= bound);
  const at = found === -1 ? bounds.length : found;
  tally.answers[at] = (tally.answers[at] ?? 0) + 1;
}

function countersOf({ requests, errors, answers }: Tally): LaneCounters {
  let count = 0;
  const latency = [...bounds, -1].map((le, at) => ({ le, count: (count += answers[at] ?? 0) }));
  return { requests, errors, latency };
}

function createPrometheus(of: { readonly environment: string; readonly levels: () => readonly Levels[] }) {
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  const { environment } = of;
  const requests = new Counter({
    name: 'slipway_requests_total',
    help: 'Requests by the lane that had them and the status sent to the client.',
    labelNames: ['service', 'environment', 'lane', 'version', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'slipway_request_duration_seconds',
    help: 'Time until the answer began.',
    labelNames: ['service', 'environment', 'lane', 'version'],
    buckets: bounds.map((bound) => bound / 1_000),
    registers,
  });
  new Gauge({
    name: 'slipway_candidate_share',
    help: 'Per cent of the traffic given to the candidate lane.',
    labelNames: ['service', 'environment'],
    registers,
    collect() {
      this.reset();
      for (const { service, share } of of.levels()) this.set({ service, environment }, share);
    },
  });
  new Gauge({
    name: 'slipway_instance_up',
    help: 'Whether an instance answers on its health path.',
    labelNames: ['service', 'environment', 'lane', 'instance'],
    registers,
    collect() {
      this.reset();
      for (const { service, instances } of of.levels())
        for (const { id, lane, up } of instances) this.set({ service, environment, lane, instance: id }, up ? 1 : 0);
    },
  });
  return {
    count: ({ service, lane, version, code, latencyMs }: Ended) => {
      requests.inc({ service, environment, lane, version, code });
      if (latencyMs !== undefined) duration.observe({ service, environment, lane, version }, latencyMs / 1_000);
    },
    exposition: () => registry.metrics(),
  };
}
