import { changeLogPath, tableIn } from './change-log.js';

/*
 * The Change Log is committed whole with each row that it gets, so it is kept short: once it is full, its rows go to a
 * page of their own beside it, where the links in them lead where they led, and it goes on with an empty table.
 */

/** Rows that the Change Log holds before they go to a page: some 120 kB. */
export const rowsPerPage = 500;

/** The pages among paths, oldest first. */
export const changeLogPages = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => pagePattern.test(path)).toSorted((a, b) => numberOf(a) - numberOf(b));

/** The page that comes after these. */
export const pageAfter = (pages: readonly string[]): string =>
  `docs/change-log-${String(numberOf(pages.at(-1) ?? '') + 1).padStart(4, '0')}.md`;

/** Whether the table of the Change Log has that many rows. */
export function isFull(log: string, limit: number): boolean {
  const table = tableIn(log);
  if (!table) return false;
  let rows = 0;
  for (let at = log.indexOf('\n', table.rows); at >= 0 && at < table.end; at = log.indexOf('\n', at + 1)) rows++;
  return rows >= limit;
}

/** Whether the Change Log says that its rows have gone to this page. */
export const isTurned = (log: string, path: string): boolean => log.includes(linkTo(path));

/** The page with all rows of the Change Log, and the Change Log without them; all other text of it stays as it is. */
export function turned(log: string, path: string): { readonly page: string; readonly rest: string } {
  const table = tableIn(log);
  if (!table) throw new Error(`${changeLogPath} has no table whose rows could go to ${path}`);
  const rows = log.slice(table.head, table.end);
  return {
    page: `# Change Log, page ${numberOf(path)}\n\n${rows}${rows.endsWith('\n') ? '' : '\n'}`,
    rest: `${naming(log.slice(0, table.head), path)}${log.slice(table.head, table.rows)}${log.slice(table.end)}`,
  };
}

/** The text above the table, with the page named in the line that names those before it. */
function naming(above: string, path: string): string {
  const named = /^Earlier: [^\r\n]*(?=\s*$)/m.exec(above);
  const eol = above.includes('\r\n') ? '\r\n' : '\n';
  if (!named) return `${above}Earlier: ${linkTo(path)}${eol}${eol}`;
  const end = named.index + named[0].length;
  return `${above.slice(0, end)} · ${linkTo(path)}${above.slice(end)}`;
}

const linkTo = (path: string): string => `[page ${numberOf(path)}](${path.slice('docs/'.length)})`;

const pagePattern = /^docs\/change-log-(\d{4,})\.md$/;

const numberOf = (path: string): number => Number(pagePattern.exec(path)?.[1] ?? 0);
