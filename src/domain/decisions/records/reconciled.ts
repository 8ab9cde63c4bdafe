import type { RecordedEntry, RecordedFile } from '../../audit.js';
import type { LostChange } from '../../recovery.js';
import { changeLogPath, renderRow } from './change-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { json, type RecordedEvent } from './facts.js';
import { freeName, nextChangeId } from './numbers.js';
import { line, link, md, shown, stamp } from './text.js';

type Event = Extract<RecordedEvent, { kind: 'service-reconciled' }>;

/** The folder of what is kept of reconciliations. */
export const recoveriesFolder = 'logs/recoveries';

/** What the record of a reconciliation says, as far as it is read again. */
export interface RecordedRecovery {
  readonly service: string;
  readonly lost: readonly LostChange[];
}

/** Where the reconciliations of a service are recorded. */
export const recoveryPaths = (entries: readonly RecordedEntry[], service: string): readonly string[] =>
  entries.flatMap(({ kind, eventId, paths }) =>
    kind === 'service-reconciled' && eventId.startsWith(`reconcile/${service}/`)
      ? paths.filter((path) => path.startsWith(`${recoveriesFolder}/`))
      : [],
  );

/** What those records say, but for any that is not as it was written. */
export const recoveriesIn = (files: readonly RecordedFile[]): readonly RecordedRecovery[] =>
  files.flatMap(({ text, intact }) => (intact ? [JSON.parse(text) as RecordedRecovery] : []));

/** What the engine had lost was restored from the records: who, why and what; a row for each change that was lost with it. */
export function reconciledService({ kind, eventId, reconciled }: Event, facts: RecordFacts): DecidedEntry {
  const { service, at, by, reason, found = '', lost, restored, unknown } = reconciled;
  const changeId = nextChangeId(at, facts.isChangeId);
  const path = freeName((more) => `${recoveriesFolder}/recovery_${stamp(at)}${more}.json`, facts.isTaken);
  const content = { changeId, service, by: line(by, 80), reason: line(reason, 1_000), at, found, restored, unknown };
  const memory = { lost, over: reconciled.over, running: reconciled.running, vetoes: reconciled.vetoes };
  const row = (id: string, description: string): string =>
    renderRow({
      changeId: id,
      date: shown(at),
      description,
      impactedIds: `${md(service)}, SPEC-0701`,
      operator: md(by, 80),
      verification: link('recovery', { from: changeLogPath, to: path }),
    });
  return {
    at,
    kind,
    eventId,
    actor: line(by, 80),
    changeId,
    files: [{ path, content: json({ ...content, ...memory, chain: facts.chain }) }],
    rows: [
      row(changeId, `reconciled ${md(service)} with the records, as the engine's data were lost: ${md(reason)}`),
      ...lost.map((one) => row(one.changeId, `lost ${md(service)} ${md(one.version)}: ${md(one.said)}`)),
    ],
    subject: line(`${service} reconciled with the records`, 120),
  };
}
