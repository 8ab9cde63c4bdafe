import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { cellsOf, changeLogPath, metRows } from '../../domain/decisions/records/change-log.js';
import type { RecordedEntry, RecordedFile } from '../../domain/audit.js';
import type { DecidedEntry } from '../../domain/decisions/records/entry.js';
import type { ChainPlace } from '../../domain/decisions/records/facts.js';
import type { Receipt } from '../../ports/records.js';

/** The shape of a line. */
export const chainLine = z.object({
  sequence: z.number().int().positive(),
  at: z.string(),
  eventId: z.string(),
  kind: z.string(),
  actor: z.string(),
  changeId: z.string(),
  files: z.array(z.object({ path: z.string(), sha256: z.string() })),
  rows: z.array(z.object({ file: z.string(), sha256: z.string() })),
  previous: z.string(),
  hash: z.string(),
});

/** One line of the hash chain: which event left which files and rows, sealed by `hash` over all the rest. */
export type ChainLine = z.infer<typeof chainLine>;

/** Lines in one file of the chain: whole files stay small enough to commit one line at a time. */
const linesPerFile = 1_000;

export const chainFolder = 'logs/audit';

/** The file that holds the line of this sequence: `chain.jsonl` first, then `chain-0002.jsonl`, … */
export function chainFile(sequence: number): string {
  const number = Math.floor((sequence - 1) / linesPerFile) + 1;
  return `${chainFolder}/chain${number === 1 ? '' : `-${String(number).padStart(4, '0')}`}.jsonl`;
}

/** The chain's files among the names of its folder, in the order of their lines. */
export const chainFiles = (names: readonly string[]): readonly string[] =>
  names
    .filter((name) => /^chain(-\d{4,})?\.jsonl$/.test(name))
    .sort((a, b) => fileNumber(a) - fileNumber(b))
    .map((name) => `${chainFolder}/${name}`);

/** What the first line follows. */
const beginning = `sha256:${'0'.repeat(64)}`;

export const sha256 = (data: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(data).digest('hex')}`;

/** The hash of a row of the Change Log: over its cells, so that lining a table up changes nothing. */
export const rowHash = (cells: readonly string[]): string => sha256(JSON.stringify(cells));

/** Where the line after `last` stands. */
export const placeAfter = (last: Pick<ChainLine, 'sequence' | 'hash'> | undefined): ChainPlace => ({
  sequence: (last?.sequence ?? 0) + 1,
  previous: last?.hash ?? beginning,
});

/** The sealed line of an entry. */
export function seal(entry: DecidedEntry, place: ChainPlace): ChainLine {
  const { at, kind, eventId, actor, changeId, files, rows } = entry;
  const body = {
    sequence: place.sequence,
    at,
    eventId,
    kind,
    actor,
    changeId,
    files: files.map(({ path, content }) => ({ path, sha256: sha256(content) })),
    rows: rows.map((row) => ({ file: changeLogPath, sha256: rowHash(cellsOf(row)) })),
    previous: place.previous,
  };
  return { ...body, hash: hashOf(body) };
}

/** What a writer is told of the line that stands for its event. */
export const receipt = ({ sequence, hash, files, rows }: ChainLine): Receipt => ({
  paths: [...files.map(({ path }) => path), ...(rows.length > 0 ? [changeLogPath] : [])],
  hashes: Object.fromEntries(files.map(({ path, sha256: of }) => [path, of.replace('sha256:', '')])),
  sequence,
  hash,
});

/** A line as reports see it. */
export const entryOf = ({ sequence, at, eventId, kind, changeId, files }: ChainLine): RecordedEntry => ({
  ...{ sequence, at, eventId, kind, changeId },
  paths: files.map(({ path }) => path),
});

/** What files say now beside what they were recorded with; `textOf` gives nothing where none is any more. */
export async function recordedFiles(
  lines: readonly ChainLine[],
  paths: readonly string[],
  textOf: (path: string) => Promise<string | undefined>,
): Promise<readonly RecordedFile[]> {
  const hashes = new Map(lines.flatMap(({ files }) => files.map((file) => [file.path, file.sha256] as const)));
  const found: RecordedFile[] = [];
  for (const path of paths) {
    const text = hashes.has(path) ? await textOf(path) : undefined;
    if (text !== undefined) found.push({ path, text, intact: sha256(text) === hashes.get(path) });
  }
  return found;
}

/** Whether the change that these lines are of was closed. */
export const isEnded = (lines: readonly ChainLine[]): boolean =>
  lines.some(({ kind }) => kind === 'release-closed' || kind === 'flag-changed');

/** By change: its rows that are in the Change Log as its lines recorded them. */
export const recordedRows = (
  linesOf: (changeId: string) => readonly ChainLine[],
  changeLog: string,
  changeIds: readonly string[],
): Readonly<Record<string, readonly (readonly string[])[]>> =>
  Object.fromEntries(
    changeIds.map((changeId) => {
      const hashes = new Set(linesOf(changeId).flatMap(({ rows }) => rows.map(({ sha256: hash }) => hash)));
      const met = metRows(changeLog, changeId).filter((row) => row.changeId === changeId);
      return [changeId, met.flatMap(({ cells }) => (hashes.has(rowHash(cells)) ? [cells] : []))];
    }),
  );

/** The hash that a line must carry. */
export const hashOf = (line: Omit<ChainLine, 'hash'>): string =>
  sha256(canonicalize({ ...line, hash: undefined }) ?? '');

/** A line as it is written. */
export const written = (line: ChainLine): string => `${canonicalize(line) ?? ''}\n`;

/** A line as it was read; `undefined` where it is not one. */
export function parseLine(text: string): ChainLine | undefined {
  try {
    return chainLine.parse(JSON.parse(text));
  } catch {
    // Whatever stands there instead of a line: the audit names its place, and the chain goes on after it.
    return undefined;
  }
}

const fileNumber = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? '1');
