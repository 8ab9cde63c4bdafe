import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const identity = z.object({ pid: z.int().positive(), startedAt: z.string().min(1) });
const port = z.int().min(1).max(65_535);
const recorded = z.object({
  ports: z.object({ grpc: port, ui: port, metrics: port }),
  binary: z.string(),
  database: z.string(),
  /** Missing once the server was stopped in order. */
  server: identity.optional(),
  /** The process that keeps the server running; missing once it has stopped it. */
  keeper: identity.optional(),
});

/** What is remembered of the embedded engine from run to run, in `engine.json` beside its database. */
export type EngineRecord = z.infer<typeof recorded>;

/** The record in this folder; missing when there is none. One that cannot be read counts as none: it only saves a start. */
export async function readRecord(folder: string): Promise<EngineRecord | undefined> {
  const text = await readFile(join(folder, 'engine.json'), 'utf8').catch((fault: unknown) => {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return 'null';
    throw fault;
  });
  return recorded.safeParse(parsed(text)).data;
}

/** Replaces the record in one movement. */
export async function writeRecord(folder: string, record: EngineRecord): Promise<void> {
  const fresh = join(folder, `.engine.json.${process.pid}`);
  await writeFile(fresh, `${JSON.stringify(record, null, 2)}\n`);
  await rename(fresh, join(folder, 'engine.json'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Cut short or edited; treated as missing by the caller.
  }
}
