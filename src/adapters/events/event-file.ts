import { mkdir, open, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { appendToFile, isCode } from '../governance/durable-file.js';
import { createWriterLock } from '../governance/writer-lock.js';
import type { CdEvent } from './envelope.js';

/** A file of JSON lines, one event each. */
export interface EventFile {
  /** Adds those whose id is not there yet, and brings them to the disk. Other processes may add to the same file. */
  add(events: readonly CdEvent[]): Promise<void>;
}

interface Lines {
  readonly lines: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly torn: boolean;
}

export function createEventFile(path: string): EventFile {
  const known = new Set<string>();
  let read = 0;
  const inTurn = createWriterLock(async () => {
    await mkdir(dirname(path), { recursive: true });
    return path;
  });
  const catchUp = async (): Promise<void> => {
    const { lines, end, torn } = await linesFrom(path, read);
    // A crash tears at most the last line: its event is told again, as its record was not answered for.
    if (torn) await truncate(path, end);
    for (const line of lines) known.add((JSON.parse(line) as { readonly id: string }).id);
    read = end;
  };
  return {
    add: (events) =>
      inTurn(async () => {
        await catchUp();
        const fresh = events.filter(
          ({ id }, index) => !known.has(id) && events.findIndex((e) => e.id === id) === index,
        );
        if (fresh.length === 0) return;
        await appendToFile(path, fresh.map((event) => `${JSON.stringify(event)}\n`).join(''));
      }),
  };
}

/**
 * The whole lines of a file from this byte on, the byte after the last of them, and whether half a line follows. A file
 * that is shorter than that was begun anew by somebody, and is read from its `start`.
 */
export async function linesFrom(path: string, from: number): Promise<Lines> {
  const file = await open(path, 'r').catch((fault: unknown) => {
    if (isCode(fault, 'ENOENT')) return undefined;
    throw fault;
  });
  if (!file) return { lines: [], start: 0, end: 0, torn: false };
  try {
    const { size } = await file.stat();
    const start = size < from ? 0 : from;
    const buffer = Buffer.alloc(size - start);
    await file.read(buffer, 0, buffer.length, start);
    const last = buffer.lastIndexOf('\n') + 1;
    const lines = buffer.toString('utf8', 0, last).split('\n').slice(0, -1);
    return { lines, start, end: start + last, torn: last < buffer.length };
  } finally {
    await file.close();
  }
}
