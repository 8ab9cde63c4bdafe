import { changeLogPath, renderRow } from './change-log.js';
import type { DecidedEntry } from './entry.js';
import type { RecordedEvent } from './facts.js';
import { line, link, md, shown } from './text.js';

type Event = Extract<RecordedEvent, { kind: 'debt-settled' }>;

/** The review of an emergency release was held: a row that leads to it, and says what it said by its hash. */
export function settledDebt({ kind, eventId, settled }: Event): DecidedEntry {
  const { service, debt, review, at } = settled;
  const late = at > debt.due ? `, late: it was due ${shown(debt.due)}` : '';
  return {
    at,
    kind,
    eventId,
    actor: line(review.by, 80),
    changeId: debt.changeId,
    files: [],
    rows: [
      renderRow({
        changeId: debt.changeId,
        date: shown(at),
        description: `reviewed the emergency release of ${md(service)} ${md(debt.version)} (${md(debt.reason)})${late}: ${md(review.comment)}`,
        impactedIds: `${md(service)}, SPEC-0701`,
        operator: md(review.by, 80),
        verification: `${link('review', { from: changeLogPath, to: review.record.path })}, sha256 ${review.record.hash.slice(0, 12)}`,
      }),
    ],
    subject: line(`review of the emergency release ${debt.changeId} of ${service}`, 120),
  };
}
