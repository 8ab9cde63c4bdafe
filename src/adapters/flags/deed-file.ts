import { z } from 'zod';
import { readText, replaceFile } from '../governance/durable-file.js';
import type { Deed } from './deeds.js';

const setting = z.object({
  state: z.enum(['ENABLED', 'DISABLED']),
  defaultVariant: z.string(),
  rollout: z.record(z.string(), z.number()).exactOptional(),
});

const deeds = z.array(
  z.object({
    key: z.string(),
    generation: z.number(),
    environment: z.string(),
    flag: z.string(),
    before: setting,
    after: setting,
    changed: z.boolean(),
    path: z.string(),
    done: z.boolean(),
  }),
);

/** What was done to flags, kept inside git's own folder: it goes where the files go, and is never committed. */
export async function readDeeds(file: string): Promise<readonly Deed[]> {
  const text = await readText(file);
  return text === undefined ? [] : deeds.parse(JSON.parse(text));
}

export const writeDeeds = (file: string, all: readonly Deed[]): Promise<void> =>
  replaceFile(file, `${JSON.stringify(all)}\n`);
