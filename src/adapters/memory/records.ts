import { changeLogPath, emptyChangeLog, withRows } from '../../domain/decisions/records/change-log.js';
import {
  changeLogPages,
  isFull,
  pageAfter,
  rowsPerPage as usualRows,
  turned,
} from '../../domain/decisions/records/change-log-pages.js';
import { decideRecords } from '../../domain/decisions/records/decide-records.js';
import type { RecordFacts } from '../../domain/decisions/records/entry.js';
import type { RecordedEvent } from '../../domain/decisions/records/facts.js';
import type { Plots } from '../../ports/plots.js';
import type { Records } from '../../ports/records.js';
import {
  chainFile,
  chainFiles,
  chainFolder,
  entryOf,
  isEnded,
  parseLine,
  placeAfter,
  receipt,
  recordedFiles,
  recordedRows,
  seal,
  sha256,
  written,
} from '../governance/chain.js';
import type { ChainLine } from '../governance/chain.js';
import { createMemoryPlots } from './plots.js';
import { deployLogsOf, isNamed } from '../governance/facts.js';
import { inspect, isRecord } from '../governance/inspect.js';
import { keepLatest } from '../governance/latest.js';
import type { LatestRecorded } from '../../domain/recovery.js';

/** Governance records that last as long as the process. `files` is the repository, path by path, and open to tampering. */
export interface MemoryRecords extends Records {
  readonly files: Map<string, string>;
}

export function createMemoryRecords(plots: Plots = createMemoryPlots(), rowsPerPage = usualRows): MemoryRecords {
  const files = new Map<string, string>();
  const hashes: { commit: string; hash: string }[] = [];
  const append = (event: RecordedEvent): ChainLine => {
    const lines = linesOf(files);
    const known = lines.find((line) => line.eventId === event.eventId);
    if (known) return known;
    const entry = decideRecords(event, { ...findFacts(files, lines, event), draw: (figure) => plots.draw(figure) });
    const line = seal(entry, placeAfter(lines.at(-1)));
    for (const { path, content } of entry.files) files.set(path, content);
    if (entry.rows.length > 0) addRows(files, entry.rows, rowsPerPage);
    const chain = chainFile(line.sequence);
    files.set(chain, `${files.get(chain) ?? ''}${written(line)}`);
    hashes.push({ commit: `memory-${line.sequence}`, hash: line.hash });
    return line;
  };
  const opened = (event: RecordedEvent) => {
    const line = append(event);
    const { changeId } = line;
    return Promise.resolve({ ...receipt(line), changeId, ended: isEnded(ofChange(files, changeId)) });
  };
  return {
    files,
    openChange: ({ eventId, request }) => opened({ kind: 'change-opened', eventId, request }),
    openFlagChange: ({ eventId, request }) => opened({ kind: 'flag-change-opened', eventId, request }),
    write: (event) => Promise.resolve(receipt(append(event))),
    latestOf: (service) => {
      const latest = new Map<string, LatestRecorded>();
      const lines = linesOf(files);
      for (const line of lines)
        keepLatest(
          latest,
          line,
          lines.find(({ changeId }) => changeId === line.changeId),
        );
      return Promise.resolve(latest.get(service) ?? {});
    },
    entriesOf: (changeId) => Promise.resolve(ofChange(files, changeId).map(entryOf)),
    rowsOf: (changeIds) =>
      Promise.resolve(recordedRows((changeId) => ofChange(files, changeId), textOf(wholeLog(files)), changeIds)),
    entries: () => Promise.resolve(linesOf(files).map(entryOf)),
    read: (paths) => recordedFiles(linesOf(files), paths, (path) => Promise.resolve(files.get(path))),
    audit: () =>
      Promise.resolve(
        inspect({
          chain: chainsOf(files),
          hashOfFile: (path) => {
            const content = files.get(path);
            return content === undefined ? undefined : sha256(content);
          },
          found: [...files.keys()].filter(isRecord),
          changeLog: wholeLog(files),
          committed: hashes,
          cutOff: false,
        }),
      ),
  };
}

function addRows(files: Map<string, string>, rows: readonly string[], rowsPerPage: number): void {
  let log = files.get(changeLogPath) ?? emptyChangeLog;
  if (isFull(log, rowsPerPage)) {
    const path = pageAfter(changeLogPages([...files.keys()]));
    const { page, rest } = turned(log, path);
    files.set(path, page);
    log = rest;
  }
  files.set(changeLogPath, withRows(log, rows));
}

interface HeldFile {
  readonly path: string;
  readonly text: string;
}

const chainsOf = (files: ReadonlyMap<string, string>): readonly HeldFile[] => {
  const names = [...files.keys()].map((path) => path.replace(`${chainFolder}/`, ''));
  return chainFiles(names).map((path) => ({ path, text: files.get(path) ?? '' }));
};

const linesOf = (files: ReadonlyMap<string, string>): readonly ChainLine[] =>
  chainsOf(files).flatMap(({ text }) => text.split('\n').flatMap((entry) => parseLine(entry) ?? []));

/** The Change Log's pages, oldest first, and itself. */
const wholeLog = (files: ReadonlyMap<string, string>): readonly HeldFile[] =>
  [...changeLogPages([...files.keys()]), changeLogPath].map((path) => ({ path, text: files.get(path) ?? '' }));

const textOf = (held: readonly HeldFile[]): string => held.map(({ text }) => text).join('\n');

const ofChange = (files: ReadonlyMap<string, string>, changeId: string): readonly ChainLine[] =>
  linesOf(files).filter((line) => line.changeId === changeId);

function findFacts(files: ReadonlyMap<string, string>, lines: readonly ChainLine[], event: RecordedEvent): RecordFacts {
  const paths = [...files.keys()];
  const ids = lines.map(({ changeId }) => changeId);
  const changeId = event.kind === 'release-closed' ? event.release.order.changeId : undefined;
  const own = lines.filter((line) => line.changeId === changeId).flatMap((line) => line.files);
  return {
    chain: placeAfter(lines.at(-1)),
    isTaken: (path) => paths.some((held) => held === path || held.startsWith(`${path}/`)),
    isChangeId: (id) => ids.includes(id) || isNamed(textOf(wholeLog(files).slice(-2)), id),
    isDecisionId: (id) => isNamed(paths.join('\n'), id),
    ...deployLogsOf(own.map(({ path, sha256: hash }) => ({ path, hash, text: files.get(path) }))),
  };
}
