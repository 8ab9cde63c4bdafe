import { metRows } from '../../domain/decisions/records/change-log.js';
import { followUpsFolder } from '../../domain/decisions/records/follow-ups.js';
import { recoveriesFolder } from '../../domain/decisions/records/reconciled.js';
import { rotationsFolder } from '../../domain/decisions/records/rotation.js';
import type { Audit } from '../../ports/records.js';
import { hashOf, parseLine, placeAfter, rowHash } from './chain.js';
import type { ChainLine } from './chain.js';

/** What an audit looks at. Paths are relative to the governance repository. */
export interface AuditFacts {
  /** The chain's files with their text, in order. */
  readonly chain: readonly { readonly path: string; readonly text: string }[];
  /** The hash of what a path holds now; `undefined` where nothing is. */
  readonly hashOfFile: (path: string) => string | undefined;
  /** Every path found in the record folders that has the name of a record. */
  readonly found: readonly string[];
  /** The Change Log and its pages. */
  readonly changeLog: readonly { readonly path: string; readonly text: string }[];
  /** The record hashes that the repository's own history names. */
  readonly committed: readonly { readonly commit: string; readonly hash: string }[];
  /** Whether that history is cut off, as in a shallow clone: what it does not name may have been committed before. */
  readonly cutOff: boolean;
}

/** Compares what was recorded with what is there now, and names every difference. */
export function inspect(facts: AuditFacts): Audit {
  const entries = facts.chain.flatMap(({ path, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .flatMap((entry, index) =>
        text === '' ? [] : [{ place: `${path}, line ${index + 1}`, line: parseLine(entry) }],
      ),
  );
  const lines = entries.flatMap(({ line }) => line ?? []);
  const findings = [
    ...chainFindings(entries),
    ...fileFindings(lines, facts.hashOfFile),
    ...insertedFindings(lines, facts.found),
    ...rowFindings(lines, facts.changeLog),
    ...historyFindings(lines, facts.committed),
    ...uncommittedFindings(entries, facts),
  ];
  return { verified: findings.length === 0, records: lines.length, findings };
}

/** Whether a path has the name of a record that only Slipway writes. */
export const isRecord = (path: string): boolean =>
  /^logs\/deployments\/[^/.][^/]*\.json$|^logs\/ci\/(smoke_tests|quality_gates)_[^/]*\.log$|^logs\/rotations\/rotation_[^/]*\.json$|^logs\/follow-ups\/FU-[^/]*\.json$|^logs\/recoveries\/recovery_[^/]*\.json$/.test(
    path,
  ) ||
  /^artifacts\/integration\/(incident-[^/]*\/(incident\.(md|json)|acknowledged_[^/]*\.json|[^/.][^/]*\.svg)|drill-[^/]*\/drill\.json)$/.test(
    path,
  ) ||
  /^artifacts\/integration\/audit-[^/]*\/audit\.(md|json)$/.test(path) ||
  /^artifacts\/integration\/deployment-archive\/[^/]+\/(transcript\.md|history-[^/]*\.json)$/.test(path);

/** The folders to look for records in. */
export const recordFolders = [
  'logs/deployments',
  'logs/ci',
  rotationsFolder,
  followUpsFolder,
  recoveriesFolder,
  'artifacts/integration',
];

interface Entry {
  readonly place: string;
  readonly line: ChainLine | undefined;
}

function chainFindings(entries: readonly Entry[]): readonly string[] {
  let last: ChainLine | undefined;
  return entries.flatMap(({ place, line }) => {
    if (!line) return [`${place}: is not a line of the chain`];
    const wanted = placeAfter(last);
    last = line;
    const expected = hashOf(line);
    return [
      ...(line.hash === expected
        ? []
        : [`${place}: was altered: it carries ${line.hash}, its content gives ${expected}`]),
      ...(line.sequence === wanted.sequence
        ? []
        : [`${place}: has sequence ${line.sequence}, wanted ${wanted.sequence}`]),
      ...(line.previous === wanted.previous
        ? []
        : [`${place}: does not follow the line before it: previous is ${line.previous}, wanted ${wanted.previous}`]),
    ];
  });
}

function fileFindings(lines: readonly ChainLine[], hashOfFile: AuditFacts['hashOfFile']): readonly string[] {
  return lines.flatMap(({ sequence, files }) =>
    files.flatMap(({ path, sha256 }) => {
      const now = hashOfFile(path);
      if (now === undefined) return [`${path}: is missing; it was recorded as number ${sequence}`];
      if (now === sha256 || isDraft(path)) return [];
      return [`${path}: was altered since it was recorded as number ${sequence}`];
    }),
  );
}

/** Decision drafts are handed over to people, who complete them: only their loss is a finding. */
const isDraft = (path: string): boolean => path.startsWith('docs/decisions/');

function insertedFindings(lines: readonly ChainLine[], found: readonly string[]): readonly string[] {
  const known = new Set(lines.flatMap(({ files }) => files.map(({ path }) => path)));
  return found.filter((path) => !known.has(path)).map((path) => `${path}: was put in; the chain does not name it`);
}

/** Rows by change id: what was recorded and is not there, against what is there and was not recorded. */
function rowFindings(lines: readonly ChainLine[], changeLog: AuditFacts['changeLog']): readonly string[] {
  const recorded = lines.flatMap(({ changeId, rows }) =>
    rows.map(({ file, sha256 }) => ({ changeId, hash: sha256, path: file })),
  );
  const there = changeLog.flatMap(({ path, text }) =>
    metRows(text).map(({ changeId, cells }) => ({ changeId, hash: rowHash(cells), path })),
  );
  const missing = without(recorded, there);
  const foreign = without(there, recorded);
  const ids = [...new Set([...missing, ...foreign].map(({ changeId }) => changeId))];
  return ids.flatMap((id) => {
    const gone = missing.filter(({ changeId }) => changeId === id);
    const added = foreign.filter(({ changeId }) => changeId === id);
    const altered = Math.min(gone.length, added.length);
    const say = (rows: readonly Row[], what: string): string[] =>
      rows.map(({ path }) => `${path}: a row of ${id} ${what}`);
    return [
      ...say(added.slice(0, altered), 'was altered since it was recorded'),
      ...say(gone.slice(altered), 'is missing'),
      ...say(added.slice(altered), 'was put in; the chain does not name it'),
    ];
  });
}

interface Row {
  readonly changeId: string;
  readonly hash: string;
  readonly path: string;
}

/** The rows of one list that have no match in the other, each match used once. */
function without(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const left = new Map<string, number>();
  for (const { hash } of others) left.set(hash, (left.get(hash) ?? 0) + 1);
  return rows.filter(({ hash }) => {
    const count = left.get(hash) ?? 0;
    left.set(hash, count - 1);
    return count <= 0;
  });
}

function historyFindings(lines: readonly ChainLine[], committed: AuditFacts['committed']): readonly string[] {
  const known = new Set(lines.map(({ hash }) => hash));
  return committed
    .filter(({ hash }) => !known.has(hash))
    .map(({ commit, hash }) => `commit ${commit.slice(0, 12)}: recorded ${hash}, which is no longer in the chain`);
}

/** Whoever seals a line well can put it at the end of the chain; but each line has a commit that names its hash. */
function uncommittedFindings(entries: readonly Entry[], { committed, cutOff }: AuditFacts): readonly string[] {
  const named = new Set(committed.map(({ hash }) => hash));
  const without = entries.filter(({ line }) => line && !named.has(line.hash));
  if (without.length === 0) return [];
  if (cutOff)
    return [`git's history is cut off here, so ${without.length} records cannot be verified: use a full clone`];
  return without.map(({ place }) => `${place}: was put in or altered: no commit records its hash`);
}
