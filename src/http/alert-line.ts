import type { Alert, AlertRecord } from '../domain/alert.js';
import { type Milliseconds, seconds } from '../domain/duration.js';
import type { Place } from '../domain/environment.js';
import type { Desk } from './desk.js';

/** What came of an alert at its place. `again`: it was told before, and this is the answer of then. */
export interface Came {
  readonly changeId?: string;
  readonly outcome: AlertRecord['outcome'];
  readonly said: string;
  readonly again?: true;
}

/**
 * The alerts of one place on their way to the engine: one message at a time, which carries all that has come meanwhile.
 * What moves a release at once goes first. Five messages of either kind go as they come; after that one a second.
 */
export interface AlertLine {
  tell(alert: Alert, by: string): Promise<Came>;
}

/** So many in one message. */
const atOnce = 50;
/** How long an answer stays good: of a storm the same alert is asked about once. It can be about no later release. */
const good: Milliseconds = seconds(15);
/** How long a way back is taken to go on: shorter than any next release needs to reach users. */
const goingBack: Milliseconds = seconds(2);

interface Waiting {
  readonly alert: Alert;
  readonly by: string;
  readonly urgent: boolean;
  readonly came: (came: Came) => void;
  readonly failed: (fault: unknown) => void;
}

export function openAlertLine(parts: {
  readonly place: Place;
  readonly desk: Pick<Desk, 'alert'>;
  readonly isUrgent: (alert: Alert) => boolean;
}): AlertLine {
  const { place, desk, isUrgent } = parts;
  const known = new Map<string, { readonly until: number; readonly came: Promise<Came> }>();
  let waiting: Waiting[] = [];
  let sending = false;
  const [urgentOnes, others] = [openPace(), openPace()];
  let timer: NodeJS.Timeout | undefined;
  /** The release that goes back by now: nothing that fires adds to that. */
  let goesBack: { readonly changeId: string; readonly until: number } | undefined;

  return {
    async tell(alert, by) {
      const key = `${alert.id} ${alert.status}`;
      const before = known.get(key);
      if (before && before.until > Date.now()) return { ...(await before.came), again: true };
      const came = moot(alert) ?? inTurn(alert, by);
      remember(key, came);
      return await came;
    },
  };

  function moot(alert: Alert): Promise<Came> | undefined {
    if (!goesBack || goesBack.until < Date.now() || alert.status === 'resolved') return undefined;
    const { changeId } = goesBack;
    return Promise.resolve({ changeId, outcome: 'ignored', said: 'it is going back already' });
  }

  function inTurn(alert: Alert, by: string): Promise<Came> {
    return new Promise((came, failed) => {
      waiting.push({ alert, by, urgent: isUrgent(alert) && alert.status === 'firing', came, failed });
      next();
    });
  }

  function next(): void {
    if (sending || waiting.length === 0) return;
    const pace = waiting.some((one) => one.urgent) ? urgentOnes : others;
    clearTimeout(timer);
    const wait = pace.wait();
    if (wait === 0) void send();
    else timer = setTimeout(() => void send(), wait);
  }

  /** A message speaks in one monitor's name; the others' alerts are in the next one. */
  async function send(): Promise<void> {
    const [first] = waiting.toSorted((a, b) => Number(b.urgent) - Number(a.urgent));
    if (!first || sending) return;
    sending = true;
    (first.urgent ? urgentOnes : others).spend();
    const batch = waiting.filter(({ by, urgent }) => by === first.by && urgent === first.urgent).slice(0, atOnce);
    waiting = waiting.filter((one) => !batch.includes(one));
    try {
      const heard = await desk.alert(
        place,
        batch.map(({ alert }) => alert),
        first.by,
      );
      if (heard?.goesBack) goesBack = { changeId: heard.changeId, until: Date.now() + goingBack };
      for (const [i, one] of batch.entries()) one.came(cameOf(heard?.records[i], heard?.changeId, place));
    } catch (fault) {
      // What waits would meet the same, and is told again by whoever sent it.
      for (const one of [...batch, ...waiting.splice(0)]) one.failed(fault);
    }
    sending = false;
    answerMoot();
    next();
  }

  /** Whoever waited while the way back began need not ask. */
  function answerMoot(): void {
    const left = waiting;
    waiting = [];
    for (const one of left) {
      const came = moot(one.alert);
      if (came) void came.then(one.came);
      else waiting.push(one);
    }
  }

  function remember(key: string, came: Promise<Came>): void {
    const until = Date.now() + good;
    for (const [old, { until: over }] of known) {
      if (over > Date.now() && known.size < mostKnown) break;
      known.delete(old);
    }
    known.set(key, { until, came });
    came.catch(() => known.delete(key));
  }
}

/** Lets five pass at once, and then one a second. */
function openPace(most = 5, every: Milliseconds = seconds(1)) {
  let credit = most;
  let at = Date.now();
  return {
    wait(): Milliseconds {
      credit = Math.min(most, credit + (Date.now() - at) / every);
      at = Date.now();
      return credit >= 1 ? 0 : Math.ceil((1 - credit) * every);
    },
    spend(): void {
      credit -= 1;
    },
  };
}

const mostKnown = 10_000;

function cameOf(record: AlertRecord | undefined, changeId: string | undefined, place: Place): Came {
  if (record && changeId !== undefined) return { changeId, outcome: record.outcome, said: record.said };
  const { service, environment } = place;
  return { outcome: 'ignored', said: `no release of ${service} is under way or watched in ${environment}` };
}
