import { between, spoken } from '../../duration.js';
import { changeLogPath, renderRow } from './change-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { json, type RecordedEvent } from './facts.js';
import { freeName } from './numbers.js';
import { line, link, md, shown, stamp } from './text.js';

type Event = Extract<RecordedEvent, { kind: 'acknowledged' }>;

/** Whoever is on call knows: a row, and in the folder of the incident that it is about a record beside its timeline. */
export function acknowledgedNotice({ kind, eventId, acknowledged }: Event, facts: RecordFacts): DecidedEntry {
  const { changeId, service, by, at, comment, since, incident } = acknowledged;
  const path =
    incident === undefined
      ? undefined
      : freeName((more) => `${incident}/acknowledged_${stamp(at)}${more}.json`, facts.isTaken);
  const took = since === undefined ? undefined : Math.max(0, between(since, at));
  const said = {
    ...{ change_id: changeId, service, by: line(by, 80), at },
    ...(comment !== undefined && { comment: line(comment, 500) }),
    ...(since !== undefined && { since, after_ms: took }),
  };
  const what = incident === undefined ? 'acknowledged' : 'incident acknowledged';
  return {
    ...{ at, kind, eventId, actor: line(by, 80), changeId },
    files: path === undefined ? [] : [{ path, content: json({ ...said, chain: facts.chain }) }],
    rows: [
      renderRow({
        changeId,
        date: shown(at),
        description: `${what} by ${md(by, 80)} (on-call)${took === undefined ? '' : `, after ${spoken(took)}`}${comment === undefined ? '' : `: ${md(comment, 500)}`}`,
        impactedIds: `${md(service)}, SPEC-0701`,
        operator: md(by, 80),
        verification:
          path === undefined ? 'known' : `known: ${link('acknowledgement', { from: changeLogPath, to: path })}`,
      }),
    ],
    subject: line(`${changeId} of ${service} acknowledged`, 120),
  };
}
