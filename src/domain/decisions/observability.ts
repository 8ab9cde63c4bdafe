import { counted } from '../counted.js';
import type { Place } from '../environment.js';
import type { CommandHeard, Signal } from '../telemetry.js';

/** What was seen of a service where it runs. */
export interface Seen {
  readonly place: Place;
  /** The ids of the instances that users are on; missing where nothing runs yet. */
  readonly instances?: readonly string[];
  /** Requests counted by the source of the environment's figures, or why it brings none. */
  readonly metrics: { readonly requests: number } | { readonly fault: string };
  /** Bytes by instance. */
  readonly logged: Readonly<Record<string, number>>;
  /** What the owner's own commands say; logs are looked for nowhere else where one says. */
  readonly heard: Readonly<Partial<Record<Signal, CommandHeard>>>;
}

export type Observability =
  | { readonly kind: 'active'; readonly what: string }
  /** One sentence for each thing that is missing, with what supplies it. */
  | { readonly kind: 'lacking'; readonly lacks: string };

/**
 * Whether a service is instrumented (SPEC-0701, Production Readiness Checklist: metrics, logs, traces): its metrics arrive,
 * every instance has written a log, and traces arrive where a command can tell. Where nothing runs yet only the source of
 * metrics can be looked at.
 */
export function judgeObservability({ place, instances, ...seen }: Seen): Observability {
  const { metrics, logged, heard } = seen;
  if ('fault' in metrics)
    return lacking([`metrics do not arrive: ${metrics.fault}; slipway doctor says how to mend the source`]);
  if (!instances) return active(`nothing runs in ${place.environment} yet, and its metrics can be read`);
  const silent = instances.filter((id) => (logged[id] ?? 0) === 0);
  const lacks = [
    ...(metrics.requests > 0 ? [] : [noRequest(place)]),
    ...(heard.logs ? unheard(place, 'logs', heard.logs) : silent.length > 0 ? [noLog(place, silent)] : []),
    ...(heard.traces ? unheard(place, 'traces', heard.traces) : []),
  ];
  if (lacks.length > 0) return lacking(lacks);
  const bytes = instances.reduce((sum, id) => sum + (logged[id] ?? 0), 0);
  return active(
    [
      `metrics arrive: ${counted(metrics.requests, 'request')} counted`,
      heard.logs
        ? `logs arrive: ${heard.logs.said}`
        : `${counted(instances.length, 'instance')} wrote ${bytes} bytes of logs`,
      ...(heard.traces ? [`traces arrive: ${heard.traces.said}`] : []),
    ].join('; '),
  );
}

const active = (what: string): Observability => ({ kind: 'active', what });
const lacking = (lacks: readonly string[]): Observability => ({ kind: 'lacking', lacks: lacks.join('. ') });

const noRequest = ({ service, environment }: Place): string =>
  `no request to ${service} in ${environment} is counted: send it some, and see that what counts them is in its way`;

const noLog = ({ service, environment }: Place, silent: readonly string[]): string =>
  `${silent.join(', ')} of ${service} in ${environment} has written no log: let it write to standard output, or say with services.${service}.observability.logs how to look elsewhere`;

const unheard = (
  { service, environment }: Place,
  signal: Signal,
  { arrives, run, said }: CommandHeard,
): readonly string[] =>
  arrives
    ? []
    : [
        `${signal} of ${service} in ${environment} do not arrive: \`${run}\` says ${said}; mend it or services.${service}.observability.${signal}`,
      ];
