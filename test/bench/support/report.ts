import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** Where a bench says what it found: JSON lines for programs, a table for people. */
export interface Report {
  /** One JSON line. */
  line(fact: Readonly<Record<string, unknown>>): void;
  /** One sentence for people. */
  say(sentence: string): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  close(): Promise<void>;
}

/** JSON lines go to `out`, or to standard output; everything for people to standard error. */
export function openReport(out: string | undefined): Report {
  const lines = out === undefined ? process.stdout : createWriteStream(out, { flags: 'a' });
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  return {
    line: (fact) => void lines.write(`${JSON.stringify(fact)}\n`),
    say,
    table(head, rows) {
      const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
      for (const cells of [head, widths.map((width) => '-'.repeat(width)), ...rows])
        say(
          cells
            .map((cell, at) => cell.padEnd(widths[at] ?? 0))
            .join('  ')
            .trimEnd(),
        );
    },
    async close() {
      if (lines === process.stdout) return;
      lines.end();
      await once(lines, 'finish');
    },
  };
}

/** Milliseconds as people read them. */
export const ms = (value: number): string => (Number.isNaN(value) ? '–' : `${value.toFixed(value < 100 ? 1 : 0)} ms`);
