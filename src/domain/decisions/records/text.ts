import type { Instant } from '../../duration.js';

/** One line of other people's text: no control or invisible characters, at most `max` characters. */
export function line(text: string, max = 300): string {
  const seen = text
    .slice(0, max * 8)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Z}]+/gu, ' ')
    .trim();
  const characters = Array.from(seen);
  return characters.length <= max ? seen : `${characters.slice(0, max - 1).join('')}…`;
}

/** A line of other people's text as Markdown shows it letter by letter: it cannot become markup, a cell border or a link. */
export const md = (text: string, max?: number): string =>
  line(text, max)
    .replace(/[\\`*_{}[\]#|~!]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/www(?=\.)/gi, '$&\\');

/** Several lines of other people's text, as a log keeps them: tabs and line ends stay, terminal colours and the rest go. */
export const lines = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
    .replace(/[^\P{Cc}\n\t]+/gu, '')
    .replace(/\n*$/, '\n');

/** A moment as it stands in file names: `20251003T142300Z`. */
export const stamp = (at: Instant): string => toSecond(at).replace(/[-:]/g, '');

/** A moment to the second, as the spec writes it: `2025-10-03T14:23:00Z`. */
export const toSecond = (at: Instant): Instant => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** A moment as tables show it, in UTC: `2025-10-03 14:23:00`. */
export const shown = (at: Instant): string => toSecond(at).slice(0, 19).replace('T', ' ');

/** One name of a path, whatever it is made from: letters, digits, dots and dashes. */
export const segment = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 120) || 'unnamed';

/** A Markdown link from one file of the repository to another. */
export function link(label: string, ask: { readonly from: string; readonly to: string }): string {
  const [from, to] = [ask.from.split('/'), ask.to.split('/')];
  const parting = from.findIndex((name, index) => name !== to[index]);
  const up = from.slice(parting + 1).map(() => '..');
  return `[${label}](${[...up, ...to.slice(parting)].join('/')})`;
}

/** A Markdown page: its parts, one blank line between each two; a part that is missing is left out. */
export const page = (parts: readonly (string | undefined)[]): string =>
  `${parts.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;

export const bullets = (texts: readonly string[]): string => texts.map((text) => `- ${text}`).join('\n');

/** A Markdown table; its cells are already Markdown. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map(tableRow).join('\n');

/** One line of a Markdown table. */
export const tableRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
