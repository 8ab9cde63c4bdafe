import type { Config, EnvironmentConfig } from './config.js';
import type { Path, SenseFinding } from './problems.js';
import type { Written } from './schema.js';
import { durationText } from './words.js';

/** A look has half a minute: a source may take a third of it. */
const longestTimeout = 10_000;

/** What a source of metrics allows by itself and together with the rest does not. */
export const senseOfMetrics = (config: Config, written: Written): readonly SenseFinding[] => {
  const found = config.environments.flatMap((environment) => {
    const own = written.environments[environment.name]?.metrics !== undefined;
    const at = [...(own ? ['environments', environment.name] : []), 'metrics', 'prometheus'];
    return [...tokens(environment, at), ...patience(environment, at), ...latency(config, environment, at)];
  });
  // Environments share what is written at the top, and its mistakes.
  return [...new Map(found.map((finding) => [JSON.stringify(finding.path), finding])).values()];
};

function tokens({ metrics }: EnvironmentConfig, at: Path): readonly SenseFinding[] {
  if (!metrics?.bearer) return [];
  const { protocol, hostname } = new URL(metrics.url);
  if (protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) return [];
  const wanted = 'https: a bearer goes over a network under TLS only';
  return [{ path: [...at, 'url'], at: 'value', wanted, reads: [[...at, 'bearer']] }];
}

function patience({ metrics }: EnvironmentConfig, at: Path): readonly SenseFinding[] {
  if (!metrics || metrics.timeout <= longestTimeout) return [];
  const wanted = `at most ${durationText(longestTimeout)}: a look waits for it`;
  return [{ path: [...at, 'timeout'], at: 'value', wanted, reads: [] }];
}

/** Who judges by a latency says where it is read. */
function latency({ services }: Config, { name, metrics }: EnvironmentConfig, at: Path): readonly SenseFinding[] {
  if (!metrics || metrics.queries.latency !== undefined) return [];
  const judged = Object.values(services).find(({ stages }) => {
    const criteria = stages[name]?.strategy.afterwards?.criteria ?? [];
    return criteria.some(({ metric }) => metric === 'latency-p95');
  });
  if (!judged) return [];
  const wanted = `latency: the buckets of a histogram in seconds, as ${judged.name} is judged by latency-p95 in ${name}`;
  const reads = [['services', judged.name]];
  return [{ path: [...at, 'queries'], at: 'key', met: 'no latency', wanted, reads }];
}
