import type { Logger } from 'pino';
import type { Alert, AlertRecord, AlertSeverities } from '../domain/alert.js';
import type { Told } from '../domain/decisions/told-alert.js';
import type { Instant } from '../domain/duration.js';
import type { Place } from '../domain/environment.js';
import { type AlertLine, openAlertLine } from './alert-line.js';
import type { Desk } from './desk.js';

/** What came of an alert, wherever it was decided. */
export interface TakenAlert {
  readonly at: Instant;
  readonly name: string;
  readonly service?: string;
  readonly environment?: string;
  readonly severity?: string;
  readonly status?: Alert['status'];
  readonly startsAt?: Instant;
  /** Whose release heard it; missing where nobody did. */
  readonly changeId?: string;
  readonly outcome: AlertRecord['outcome'] | 'foreign';
  readonly said: string;
}

/** Where alerts come in. A storm is held back here: what is known to change nothing does not reach the engine. */
export interface Alerting {
  /** Returns once every alert was taken, or throws a `DeskFault`: then all may be told again. */
  take(told: readonly Told[], by: string): Promise<readonly TakenAlert[]>;
  /** Those of this monitor that count down, or have been put off, as far as this process knows. */
  counting(by: string): readonly About[];
  /** The latest hundred that came of something, newest first, since this process began. */
  latest(): readonly TakenAlert[];
}

/** An alert about something that is released here. */
export type About = Extract<Told, { kind: 'about' }>;

const remembered = 100;
const mostTicking = 1_000;

export function createAlerting(parts: {
  readonly desk: Pick<Desk, 'alert'>;
  readonly severities: AlertSeverities;
  readonly clock: () => Instant;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly counted: (outcome: TakenAlert['outcome']) => void;
}): Alerting {
  const { desk, severities, clock, logger, counted } = parts;
  const lines = new Map<string, AlertLine>();
  const latest: TakenAlert[] = [];
  const ticking = new Map<string, { readonly told: About; readonly by: string }>();

  return {
    take: (told, by) => Promise.all(told.map((one) => takeOne(one, by))),
    counting: (by) => [...ticking.values()].flatMap((one) => (one.by === by ? [one.told] : [])),
    latest: () => latest.toReversed(),
  };

  async function takeOne(told: Told, by: string): Promise<TakenAlert> {
    const at = clock();
    if (told.kind === 'foreign') return keep({ at, name: told.name, outcome: 'foreign', said: told.why });
    const { place, alert } = told;
    const { name, severity, status, startsAt } = alert;
    const { again, ...came } = await lineOf(place).tell(alert, by);
    const taken = { at, name, ...place, severity, status, startsAt, ...came };
    noteWhetherItTicks(told, came.outcome, by);
    return again ? taken : keep(taken);
  }

  function noteWhetherItTicks(told: About, outcome: TakenAlert['outcome'], by: string): void {
    ticking.delete(told.alert.id);
    if (outcome === 'counting-down' || outcome === 'snoozed') ticking.set(told.alert.id, { told, by });
    const [oldest] = ticking.keys();
    if (ticking.size > mostTicking && oldest !== undefined) ticking.delete(oldest);
  }

  function lineOf(place: Place): AlertLine {
    const key = `${place.environment}/${place.service}`;
    const line =
      lines.get(key) ?? openAlertLine({ place, desk, isUrgent: ({ severity }) => severities[severity] === 0 });
    lines.set(key, line);
    return line;
  }

  function keep(taken: TakenAlert): TakenAlert {
    counted(taken.outcome);
    logger[taken.outcome === 'foreign' ? 'warn' : 'info'](taken, 'alert');
    latest.push(taken);
    if (latest.length > remembered) latest.shift();
    return taken;
  }
}
