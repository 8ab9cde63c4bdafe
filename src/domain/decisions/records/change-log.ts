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
  const all = log.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const head = all.findLastIndex((text) => text.includes('change_id') && cellsOf(text)[0] === 'change_id');
  if (head < 0) return withRows(withTable(log, eol), rows);
  const below = all.findIndex((text, index) => index > head && !isRow(text));
  const end = below < 0 ? all.length : below;
  const before = all.slice(0, end).join('');
  const added = rows.map((row) => `${row}${eol}`).join('');
  return `${before}${before.endsWith('\n') ? '' : eol}${added}${all.slice(end).join('')}`;
}

/** A row met in the Change Log. `cells` are trimmed: a formatter that lines a table up changes nothing of what it says. */
export interface MetRow {
  readonly changeId: string;
  readonly cells: readonly string[];
}

/** Every row of the log whose id is one that Slipway gives out, or only those of one id. */
export const metRows = (log: string, only = 'change-'): readonly MetRow[] =>
  log.split(/\r?\n/).flatMap((text) => {
    const cells = text.includes(only) ? cellsOf(text) : [];
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

function withTable(log: string, eol: string): string {
  if (log.trim() === '') return emptyChangeLog;
  const table = `${tableRow(heads)}${eol}${tableRow(heads.map(() => '---'))}${eol}`;
  return `${log}${log.endsWith('\n') ? '' : eol}${eol}${table}`;
}
