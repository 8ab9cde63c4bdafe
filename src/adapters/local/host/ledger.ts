import { open } from 'node:fs/promises';
import { z } from 'zod';
import { textOf } from './files.js';

/** One effect that was brought about. */
const entry = z
  .object({
    at: z.string(),
    key: z.string(),
    generation: z.number(),
    service: z.string(),
    environment: z.string(),
    what: z.string(),
  })
  .readonly();
type LedgerEntry = z.infer<typeof entry>;

/** What was done, one line each, never rewritten: a key that stands here is not applied again. */
export interface Ledger {
  has(service: string, key: string): boolean;
  /** On disk when it returns. */
  append(entry: LedgerEntry): Promise<void>;
}

/** Opens the ledger at `path`. A last line cut off by a crash tells of nothing that was answered, and is taken away. */
export async function openLedger(path: string): Promise<Ledger> {
  const text = (await textOf(path)) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const applied = new Set<string>();
  for (const line of whole.split('\n').filter(Boolean)) {
    const { service, key } = entry.parse(JSON.parse(line));
    applied.add(nameOf(service, key));
  }
  const file = await open(path, 'a', 0o600);
  if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
  let last: Promise<void> = Promise.resolve();
  const write = async (line: LedgerEntry) => {
    await file.appendFile(`${JSON.stringify(line)}\n`);
    await file.datasync();
    applied.add(nameOf(line.service, line.key));
  };
  return {
    has: (service, key) => applied.has(nameOf(service, key)),
    append: (line) =>
      (last = last.then(
        () => write(line),
        () => write(line),
      )),
  };
}

const nameOf = (service: string, key: string): string => `${service} ${key}`;
