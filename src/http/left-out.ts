import type { Told } from '../domain/decisions/told-alert.js';
import type { Alerts } from '../ports/alerts.js';
import type { Alerting } from './alerting.js';
import { Problem } from './problems.js';

/** What a truncated message has left out, and what is said of that. */
export interface LeftOut {
  readonly told: readonly Told[];
  readonly says: string;
}

/**
 * An Alertmanager with `max_alerts` leaves alerts out of a message, firing and resolved ones alike, and tells only how
 * many. So all that are not over are read where it keeps them; what it had told before, counts down, and is not among
 * them has been resolved. Where they cannot be read now, the message is to be sent again.
 */
export async function readLeftOut(ask: {
  readonly alerts: Pick<Alerts, 'standing'> | undefined;
  readonly alerting: Pick<Alerting, 'counting'>;
  readonly told: readonly Told[];
  readonly by: string;
}): Promise<LeftOut> {
  const { alerts, alerting, told, by } = ask;
  if (!alerts)
    return {
      told: [],
      says: 'lost: name the Alertmanager under alerts.alertmanager in slipway.yml, so that what it leaves out is read there; or send all of a group (max_alerts: 0)',
    };
  const standing = await alerts.standing().catch((fault: unknown) => {
    const why = fault instanceof Error ? fault.message : String(fault);
    throw new Problem('unreachable', `alerts were left out, and cannot be read: ${why}`);
  });
  const known = new Set(told.flatMap((one) => (one.kind === 'about' ? [one.alert.id] : [])));
  const there = new Set(standing.map(({ alert }) => alert.id));
  const firing = standing.filter(({ alert, muted }) => !muted && !known.has(alert.id));
  const over = alerting.counting(by).filter(({ alert }) => !there.has(alert.id) && !known.has(alert.id));
  return {
    told: [
      ...firing.map(({ place, alert }): Told => ({ kind: 'about', place, alert })),
      ...over.map((one): Told => ({ ...one, alert: { ...one.alert, status: 'resolved' } })),
    ],
    says: `read at the Alertmanager: ${firing.length} more fire, ${over.length} are over`,
  };
}
