import { ExecaError } from 'execa';
import { isCode } from './durable-file.js';

/** What a disk refuses, as its users know it; git says it in words alone. */
const refusals = [
  {
    code: 'ENOSPC',
    says: /no space left|out of diskspace/i,
    sentence: 'the disk of the governance repository is full: make room there; what was to be recorded is tried again',
  },
  {
    code: 'EROFS',
    says: /read-only file system/i,
    sentence:
      'the governance repository is read-only: mount its disk for writing; what was to be recorded is tried again',
  },
] as const;

type Refusal = (typeof refusals)[number];

/** Which refusal of a disk a fault is; nothing where it is none. */
export const refusalOf = (fault: unknown): Refusal | undefined =>
  refusals.find(
    ({ code, says }) => isCode(fault, code) || (fault instanceof ExecaError && says.test(String(fault.stderr))),
  );

/** Says what a disk refuses in a sentence for whoever keeps it. */
export async function saidPlainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    const refusal = refusalOf(fault);
    if (!refusal) throw fault;
    throw new Error(refusal.sentence, { cause: fault });
  }
}
