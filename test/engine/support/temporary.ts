import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Undo = () => unknown;

/** A test, as far as what comes after it goes. */
export interface Ending {
  after(undo: () => Promise<void>): void;
}

const undone = new WeakMap<Ending, Undo[]>();

/** Undoes what a test did when it is over: last first, every one, whatever fails. The runner alone goes first to last. */
export function afterwards(t: Ending, undo: Undo): void {
  const known = undone.get(t);
  if (known) {
    known.push(undo);
    return;
  }
  const undos = [undo];
  undone.set(t, undos);
  t.after(async () => {
    const faults: unknown[] = [];
    for (const one of undos.reverse()) {
      try {
        await one();
      } catch (fault) {
        faults.push(fault);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, faults.map(String).join('; '));
  });
}

/** A folder of the test's own, gone when the test is over. */
export async function temporaryFolder(t: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}
