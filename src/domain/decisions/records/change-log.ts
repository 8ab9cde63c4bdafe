import { changeIdPattern } from './numbers.js';
import { tableRow } from './text.js';

/** Where the Change Log is kept. */
export const changeLogPath = 'docs/change-log.md';

/** One row of the Change Log; every cell is Markdown, safe to stand in a table. */
export interface ChangeRow {
  readonly changeId: string;
  readonly date: string;
  readonly description: string;
  readonly impactedIds: string;
  readonly operator: string;
  readonly verification: string;
}

const heads = ['change_id', 'date (UTC)', 'description', 'impacted_ids', 'operator', 'verification'];

/** A Change Log without a row: how the file begins where there is none. */
export const emptyChangeLog = `# Change Log\n\n${tableRow(heads)}\n${tableRow(heads.map(() => '---'))}\n`;

/** A row as it is written. */
export const renderRow = (row: ChangeRow): string =>
  tableRow([row.changeId, row.date, row.description, row.impactedIds, row.operator, row.verification]);

/**
 * The Change Log with rows added below the last one of its table. All other text stays as it is, letter by letter; where
 * there is no table, one is begun at the end.
 */
export function withRows(log: string, rows: readonly string[]): string {
  const eol = log.includes('\r\n') ? '\r\n' : '\n';
  const table = tableIn(log);
  if (!table) return withRows(withTable(log, eol), rows);
  const { end } = table;
  const before = log.slice(0, end);
  const added = rows.map((row) => `${row}${eol}`).join('');
  return `${before}${before.endsWith('\n') ? '' : eol}${added}${log.slice(end)}`;
}

/** A row met in the Change Log. `cells` are trimmed: a formatter that lines a table up changes nothing of what it says. */
export interface MetRow {
  readonly changeId: string;
  readonly cells: readonly string[];
}

/** Every row of the log whose id is one that Slipway gives out, or only those of one id. */
export const metRows = (log: string, only = 'change-'): readonly MetRow[] =>
  linesWith(log, only).flatMap((text) => {
    const cells = cellsOf(text);
    const changeId = cells[0] ?? '';
    return changeId.match(changeIdPattern)?.[0] === changeId ? [{ changeId, cells }] : [];
  });

/** The cells of one line of a table; none where the line is not one. */
export function cellsOf(text: string): readonly string[] {
  if (!isRow(text)) return [];
  const cells = text
    .trim()
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/);
  return cells.slice(1).map((cell) => cell.trim());
}

const isRow = (text: string): boolean => text.trimStart().startsWith('|');

/*
 * The Change Log grows by every release, to megabytes: it is searched where it stands and never taken apart as a whole.
 */

/** Where the line around this place begins, and where the next one does. */
function lineAround(log: string, at: number): readonly [start: number, end: number] {
  const end = log.indexOf('\n', at);
  return [log.lastIndexOf('\n', at - 1) + 1, end < 0 ? log.length : end + 1];
}

function linesWith(log: string, word: string): readonly string[] {
  const lines: string[] = [];
  for (let at = log.indexOf(word); at >= 0;) {
    const [start, end] = lineAround(log, at);
    lines.push(log.slice(start, end));
    at = log.indexOf(word, end);
  }
  return lines;
}

/** Where the last table of changes stands: its head with the line below it, its rows, and where they end. */
export function tableIn(
  log: string,
): { readonly head: number; readonly rows: number; readonly end: number } | undefined {
  for (let at = log.lastIndexOf('change_id'); at >= 0;) {
    const [start, end] = lineAround(log, at);
    if (cellsOf(log.slice(start, end))[0] === 'change_id') {
      const [, below] = end < log.length ? lineAround(log, end) : [end, end];
      const isRule = cellsOf(log.slice(end, below)).every((cell) => /^:?-+:?$/.test(cell));
      return { head: start, rows: isRule ? below : end, end: rowsEnd(log, end) };
    }
    at = start === 0 ? -1 : log.lastIndexOf('change_id', start - 1);
  }
  return undefined;
}

/** Where the rows that begin here end. */
function rowsEnd(log: string, from: number): number {
  let at = from;
  while (at < log.length) {
    const [, end] = lineAround(log, at);
    if (!isRow(log.slice(at, end))) return at;
    at = end;
  }
  return at;
}

function withTable(log: string, eol: string): string {
  if (log.trim() === '') return emptyChangeLog;
  const table = `${tableRow(heads)}${eol}${tableRow(heads.map(() => '---'))}${eol}`;
  return `${log}${log.endsWith('\n') ? '' : eol}${eol}${table}`;
}
