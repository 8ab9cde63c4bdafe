import type { RecordedEntry, RecordedFile } from '../../audit.js';
import { readerText, type RecordedRotation } from '../../secret.js';
import { changeLogPath, renderRow } from './change-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { json, type RecordedEvent } from './facts.js';
import { freeName, nextChangeId } from './numbers.js';
import { line, link, md, shown, stamp } from './text.js';

type Event = Extract<RecordedEvent, { kind: 'secret-rotated' }>;

/** The folder of what is kept of rotations. */
export const rotationsFolder = 'logs/rotations';

/** Where rotations are recorded. */
export const rotationPaths = (entries: readonly RecordedEntry[]): readonly string[] =>
  entries.flatMap(({ kind, paths }) =>
    kind === 'secret-rotated' ? paths.filter((path) => path.startsWith(`${rotationsFolder}/`)) : [],
  );

/** What those records say, but for any that is not as it was written. */
export const rotationsIn = (files: readonly RecordedFile[]): readonly RecordedRotation[] =>
  files.flatMap(({ text, intact }) => (intact ? [JSON.parse(text) as RecordedRotation] : []));

/** A secret was replaced, as somebody says: a row, and a record with the fingerprints that readers found. Never a value. */
export function rotatedSecret({ kind, eventId, rotation }: Event, facts: RecordFacts): DecidedEntry {
  const { secret, by, reason, at, saidAt, purpose, reports } = rotation;
  const changeId = nextChangeId(saidAt, facts.isChangeId);
  const path = freeName((more) => `${rotationsFolder}/rotation_${stamp(saidAt)}${more}.json`, facts.isTaken);
  const said = { secret: line(secret), by: line(by, 80), reason: line(reason, 1_000) };
  const heard = reports.filter(({ fingerprints }) => fingerprints[secret] !== undefined);
  return {
    at: saidAt,
    kind,
    eventId,
    actor: line(by, 80),
    changeId,
    files: [
      { path, content: json({ changeId, ...said, at, saidAt, purpose: line(purpose), reports, chain: facts.chain }) },
    ],
    rows: [
      renderRow({
        changeId,
        date: shown(saidAt),
        description: `secret ${md(secret)} (${md(purpose)}) replaced at ${shown(at)}, nothing released: ${md(reason)}`,
        impactedIds: `${md(secret)}, SPEC-0701, DOC-0019`,
        operator: md(by, 80),
        verification: `seen by ${heard.map(({ reader }) => md(readerText(reader))).join(', ') || 'nobody'}: ${link('rotation', { from: changeLogPath, to: path })}`,
      }),
    ],
    subject: line(`secret ${secret} replaced`, 120),
  };
}
