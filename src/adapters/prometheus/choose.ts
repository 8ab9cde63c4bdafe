import type { Config } from '../../config/config.js';
import type { Place } from '../../domain/environment.js';
import type { Fleet } from '../../ports/fleet.js';
import type { Metrics } from '../../ports/metrics.js';
import type { Variables } from '../secret.js';
import { createPrometheusMetrics, type Running, versionsOf } from './metrics.js';

/** Each environment's own source: the Prometheus that its configuration names, or what the platform counts itself. */
export function createMetrics(of: {
  readonly config: Pick<Config, 'environments'>;
  readonly variables: Variables;
  readonly fleet: Pick<Fleet, 'read'>;
  readonly embedded: Metrics;
}): Metrics {
  const sources = new Map(
    of.config.environments.flatMap(({ name, metrics: source }) => {
      if (!source) return [];
      const running: Running = async (place) => versionsOf(await of.fleet.read(place));
      return [[name, createPrometheusMetrics({ source, variables: of.variables, running })] as const];
    }),
  );
  const at = ({ environment }: Place): Metrics => sources.get(environment) ?? of.embedded;
  return {
    sample: (place, last) => at(place).sample(place, last),
    ask: (place, questions) => at(place).ask(place, questions),
    past: (place, question, back) => at(place).past(place, question, back),
  };
}
