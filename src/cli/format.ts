import type { Instant } from '../domain/duration.js';

/** Text from elsewhere as a terminal may show it: nothing in it can move the cursor or change the screen. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');

/** A moment for people: on a terminal in the reader's own zone, elsewhere in UTC. */
export function when(at: Instant, terminal = process.stdout.isTTY): string {
  if (!terminal) return at.replace(/\.\d+Z$/, 'Z');
  return new Date(at).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
}

/** Columns as wide as their widest cell, two spaces between. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
