import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import {
  type Alert,
  type AlertRecord,
  type AlertsHeard,
  type AlertSeverities,
  type AlertSituation,
  dueAt,
  ruleOnAlert,
  type Snooze,
} from '../src/domain/alert.js';
import { after, between, type Instant } from '../src/domain/duration.js';
import type { Demand } from '../src/domain/rollout.js';
import { alertsUpdate, type Heard } from '../src/messages.js';
import { now } from './clock.js';
import { refusal, vouched } from './commands.js';

/** Where alerts are heard. */
export interface AlertDesk {
  /** What they are about, and what they may move. */
  readonly severities: AlertSeverities;
  readonly meets: () => Pick<AlertSituation, 'changeId' | 'version' | 'lane' | 'since' | 'phase' | 'noReturn'>;
  readonly demand: (demand: Demand) => void;
  readonly show: () => void;
}

/** An alert that fires and may move something: when it does, unless it is resolved or put off. */
interface Ticking {
  readonly alert: Alert;
  readonly by: string;
  readonly due: Instant;
}

/** So many alerts are written down; of a storm the first ones say what it is about. */
const written = 100;
/** So many tick at the same time: the earliest decides, whatever comes after it. */
const ticking = 200;

/** Hears alerts from the front door, counts them down, and demands the way back when one is over. */
export function hearAlerts(desk: AlertDesk) {
  const kept: AlertRecord[] = [];
  const firing = new Map<string, Ticking>();
  const known = new Map<string, AlertRecord>();
  let snoozed: Snooze | undefined;
  let changes = 0;

  setHandler(alertsUpdate, hear, { description: 'Alerts about what is under way (the front door tells them).' });
  void CancellationScope.nonCancellable(countDown);

  return { snooze, standing };

  function hear(heard: Heard): AlertsHeard {
    const { person, value } = vouched(heard, 'POST /v1/alerts');
    if (!Array.isArray(value)) throw refusal('Refused', 'not a list of alerts');
    const records = (value as readonly Alert[]).map((alert) => hearOne(alert, person));
    changes += 1;
    desk.show();
    const { changeId, phase } = desk.meets();
    const goesBack = phase === 'going-back' || phase === 'stuck' || records.some((one) => one.outcome === 'demanded');
    return { changeId, records, goesBack };
  }

  function hearOne(alert: Alert, by: string): AlertRecord {
    if (alert.status === 'resolved') return resolved(alert, by);
    const before = known.get(alert.id);
    if (before) return before;
    const at = now();
    const record = { ...alert, at, by, ...ruleOnAlert(alert, situation()) };
    keep(record);
    if (record.outcome === 'demanded') demand(alert, by);
    else if (record.outcome !== 'ignored' && firing.size < ticking)
      firing.set(alert.id, { alert, by, due: after(at, desk.severities[alert.severity] ?? 0) });
    return record;
  }

  /** Firing again later it is another alert: it began at another time. */
  function resolved(alert: Alert, by: string): AlertRecord {
    const ends = firing.delete(alert.id);
    const said = ends ? 'resolved in time: it moves nothing any more' : 'resolved; it had moved nothing that is open';
    const record: AlertRecord = { ...alert, at: now(), by, outcome: ends ? 'ended' : 'ignored', said };
    if (ends) keep(record);
    // Of two monitors the slower one may still tell that it fires.
    else known.set(alert.id, record);
    return record;
  }

  function keep(record: AlertRecord): void {
    known.set(record.id, record);
    const [oldest] = known.keys();
    if (known.size > 10 * written && oldest !== undefined) known.delete(oldest);
    // What moved something is never left out for what did not.
    if (kept.length < written || record.outcome === 'demanded') kept.push(record);
  }

  function snooze(by: string, reason: string, lasts: number | undefined): void {
    snoozed = lasts === 0 ? undefined : { by, reason, ...(lasts !== undefined && { until: after(now(), lasts) }) };
    changes += 1;
  }

  /** Whoever is due first goes first; what is put off is looked at again when that is over. */
  async function countDown(): Promise<never> {
    for (;;) {
      await condition(() => next() !== undefined);
      const first = next();
      if (!first) continue;
      const seen = changes;
      const left = Math.max(0, between(now(), first.due));
      const changed =
        left > 0 && (await condition(() => changes !== seen, left, { summary: `until ${first.alert.name} moves it` }));
      if (changed) continue;
      firing.delete(first.alert.id);
      over(first);
    }
  }

  function over({ alert, by }: Ticking): void {
    snoozed = isOver(snoozed) ? undefined : snoozed;
    const ruling = ruleOnAlert(alert, { ...situation(), severities: { [alert.severity]: 0 } });
    keep({ ...alert, at: now(), by, ...ruling });
    if (ruling.outcome === 'demanded') demand(alert, by);
    desk.show();
  }

  function demand({ name, severity, summary }: Alert, by: string): void {
    desk.demand({ by, reason: `alert ${name} (${severity}): ${summary}`, at: now(), cause: 'alert' });
  }

  function situation(): AlertSituation {
    return {
      ...desk.meets(),
      now: now(),
      severities: desk.severities,
      ...(snoozed && !isOver(snoozed) && { snoozed }),
    };
  }

  /** The one that is due first, and when that is. */
  function next(): (Ticking & { readonly due: Instant }) | undefined {
    const due = [...firing.values()].flatMap((one) => {
      const at = dueAt(one.due, snoozed);
      return at === undefined ? [] : [{ ...one, due: at }];
    });
    return due.toSorted((a, b) => Date.parse(a.due) - Date.parse(b.due))[0];
  }

  function standing() {
    const { phase } = desk.meets();
    const moves = phase !== 'going-back' && phase !== 'stuck' && phase !== 'closing';
    const first = moves ? next() : undefined;
    return {
      ...(kept.length > 0 && { alerts: kept }),
      ...(first && { goesBackAt: first.due }),
      ...(snoozed && moves && !isOver(snoozed) && { snoozed }),
    };
  }
}

const isOver = (snoozed: Snooze | undefined): boolean =>
  snoozed?.until !== undefined && Date.parse(snoozed.until) <= Date.parse(now());
