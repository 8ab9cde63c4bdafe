import { readFile } from 'node:fs/promises';
import type { DataStep } from '../../src/domain/migration.js';
import type { Database } from '../../src/ports/database.js';
import { databaseOf, type Told } from '../support/database-world.js';

/** One effect, as a worker's process brings it about: it is there to be killed. Prints how it ended, if it does. */
export interface Errand {
  readonly told: Told;
  readonly effect: 'backup' | 'migrate' | 'revert';
  readonly ask: Parameters<Database['migrate']>[0] & { readonly steps: readonly DataStep[] };
}

const { told, effect, ask } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as Errand;
const database = databaseOf(told);
const { migration } = ask;
if (effect === 'backup') await database.backup(ask);
else if (effect === 'migrate') await database.migrate(ask);
else if (migration.class === 'scripted') await database.revert({ ...ask, migration });
process.stdout.write('done\n');
