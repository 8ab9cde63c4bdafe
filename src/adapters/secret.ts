import { readFile } from 'node:fs/promises';
import type { SecretReference } from '../config/config.js';

/** The variables of a process, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a reference leads to, read anew each time; `undefined` where there is nothing. */
export async function secretOf(reference: SecretReference, variables: Variables): Promise<string | undefined> {
  if (reference.kind === 'env') return variables[reference.name]?.trim();
  try {
    return (await readFile(reference.path, 'utf8')).trim();
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
    throw fault;
  }
}

/** Where a secret is looked for, in words that do not hold it. */
export const whereSecret = (reference: SecretReference): string =>
  reference.kind === 'env' ? `environment variable ${reference.name}` : `file ${reference.path}`;
