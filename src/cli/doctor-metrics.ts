import { hostStatus } from '../adapters/local/ensure-host.js';
import { createPrometheusMetrics, type Running, versionsOf } from '../adapters/prometheus/metrics.js';
import type { Config, PrometheusConfig } from '../config/config.js';
import { shown } from '../domain/decisions/judging/sentences.js';
import { after, type Milliseconds } from '../domain/duration.js';
import type { Place } from '../domain/environment.js';
import type { Strategy } from '../domain/strategy.js';
import { Unmeasured, type UnmeasuredKind } from '../domain/unmeasured.js';
import type { WindowMetric } from '../domain/window-metric.js';
import type { Answer, Metrics } from '../ports/metrics.js';
import { type Finding, ill, said, well } from './findings.js';

/** What would mend a source that brings no figures. */
const todos: Record<UnmeasuredKind, string> = {
  down: 'see that it runs, and that url leads to it from here',
  timeout: 'see what keeps it busy, or give it more time with timeout, at most 10s',
  refused: 'see that bearer and ca are those that it wants; the workers read them where they start',
  'bad-query': 'mend the selector under queries; Prometheus says what it does not understand',
  'no-series': 'see that it scrapes the lanes, and that queries name their labels',
  stale: 'see under Status → Targets why it does not scrape the lanes; scrape-interval must be the one it has',
  'no-number': 'name counters of requests under queries: of all, and of those among them that failed',
};

/** Asks the Prometheus of each environment what a window there would ask it. */
export async function metrics({ environments, services }: Config, of: Machine): Promise<readonly Finding[]> {
  const asked = environments.flatMap(({ name, metrics: source }) =>
    source
      ? Object.values(services).map(async ({ name: service, stages }) => {
          const place = { service, environment: name };
          return [await look(source, place, of), ...(await queries(source, place, stages[name]?.strategy, of))];
        })
      : [],
  );
  return (await Promise.all(asked)).flat();
}

interface Machine {
  readonly variables: NodeJS.ProcessEnv;
  readonly dataDir: string;
}

/** Each query that a window is judged by, of the lane that runs now; and what a forecast would be held against. */
async function queries(
  source: PrometheusConfig,
  place: Place,
  strategy: Strategy | undefined,
  machine: Machine,
): Promise<readonly Finding[]> {
  const asked = (strategy?.afterwards?.metrics ?? []).flatMap((metric) => asksOf(metric));
  if (asked.length === 0) return [];
  const at = new Date().toISOString();
  const questions = asked.map(({ query, ago }) => ({ query, lane: 'stable', at: after(at, -ago) }) as const);
  try {
    const answers = await metricsAt(source, machine).ask(place, questions);
    return answers.map((answer, i) =>
      finding(`metric ${asked[i]?.name ?? ''} of ${place.service} in ${place.environment}`, answer),
    );
  } catch (fault) {
    return [ill(`metrics of ${place.service} in ${place.environment}`, said(fault), 'see that its worker can ask it')];
  }
}

function asksOf({
  name,
  query,
  rule,
}: WindowMetric): readonly { readonly name: string; readonly query: string; readonly ago: Milliseconds }[] {
  const own = { name, query, ago: 0 };
  if (rule.kind !== 'forecast') return [own];
  const { from } = rule;
  const forecast = 'ago' in from ? { query, ago: from.ago } : { query: from.query, ago: 0 };
  return [own, { name: `${name}, its forecast,`, ...forecast }];
}

/** No number is right where nothing runs, or where nobody has used it; but then no window can be judged by it. */
function finding(what: string, answer: Answer): Finding {
  if (answer instanceof Unmeasured)
    return ill(
      what,
      answer.message,
      answer.kind === 'bad-query' ? 'mend the query under criteria: metrics' : todos[answer.kind],
    );
  if (answer !== null) return well(what, shown(answer));
  return well(
    what,
    'answers no number now: right where nothing runs, or where it is 0 of 0; else see which series it finds',
  );
}

function metricsAt(source: PrometheusConfig, { variables, dataDir }: Machine): Metrics {
  const running: Running = async ({ service, environment }) => {
    const report = await hostStatus({ dataDir, environment });
    return versionsOf(report?.places.find((one) => one.service === service)?.fleet ?? {});
  };
  return createPrometheusMetrics({ source, variables, running });
}

async function look(source: PrometheusConfig, place: Place, machine: Machine): Promise<Finding> {
  const what = `metrics of ${place.service} in ${place.environment}`;
  try {
    const { stable, candidate } = await metricsAt(source, machine).sample(place);
    const [requests, errors] = [stable.requests + candidate.requests, stable.errors + candidate.errors];
    // Right where nothing has failed; where something has, the query for errors finds nothing of it.
    const none = requests > 0 && errors === 0 ? ', no errors among them: if there were some, see queries' : '';
    return well(what, `${source.url} answers: ${requests} requests counted${none}`);
  } catch (fault) {
    return ill(what, said(fault), fault instanceof Unmeasured ? todos[fault.kind] : 'see that its worker can ask it');
  }
}
