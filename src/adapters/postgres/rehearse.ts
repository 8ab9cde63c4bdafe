import type { Rehearsal } from '../../domain/migration.js';
import type { DataStep } from '../../domain/migration.js';
import { connected } from './connection.js';
import { difference } from './compare.js';
import { readLedger } from './ledger.js';
import { scriptOf, type Here, type Parts } from './place.js';
import { countScratch, schemaOf, type Scratch } from './scratch.js';
import { inTransaction, runScript, ScriptFault } from './script.js';
import type { Script } from '../../domain/migration.js';

/**
 * Does on the restored copy what is to be done to the data. A migration with a revert script goes forth and back, and
 * must leave schema and contents as they were. Throws a `ScriptFault` where something does not work.
 */
export async function rehearse(
  parts: Parts,
  here: Here,
  on: { readonly scratch: Scratch; readonly name: string; readonly steps: readonly DataStep[] },
): Promise<Rehearsal> {
  const took = { migrate: [] as number[], revert: [] as number[] };
  for (const step of await stillToDo()) {
    const revert = 'revert' in step.migration ? step.migration.revert : undefined;
    if (step.kind === 'revert') took.revert.push(await run(step.migration.revert, step));
    else if (revert) {
      const before = await state();
      took.migrate.push(await run(step.migration.migrate, step));
      took.revert.push(await run(revert, step));
      compare(before, await state(), revert);
    } else took.migrate.push(await run(step.migration.migrate, step));
  }
  return {
    ...(took.migrate.length > 0 && { migrateMs: sum(took.migrate) }),
    ...(took.revert.length > 0 && { revertMs: sum(took.revert) }),
  };

  /** The copy remembers what is applied as the database does; that will not be done again there either. */
  async function stillToDo(): Promise<readonly DataStep[]> {
    const scratch = { name: on.name, database: on.scratch.database };
    const { applied } = await connected(here.scratch, scratch, (client) => readLedger(client, here.place));
    const isApplied = (hash: string) => applied.some(({ migration }) => migration.migrate.hash === hash);
    return on.steps.filter(({ kind, migration }) => isApplied(migration.migrate.hash) === (kind === 'revert'));
  }

  async function run(script: Script, { of }: DataStep): Promise<number> {
    const sql = await scriptOf(parts, script, of);
    const begun = performance.now();
    await connected(here.scratch, { name: on.name, database: on.scratch.database }, (client) =>
      inTransaction(client, here.limits, () => runScript(client, sql, here.limits)),
    );
    return Math.round(performance.now() - begun);
  }

  async function state() {
    const how = { name: on.name, variables: parts.variables };
    const schema = await schemaOf(here, on.scratch, how);
    return { schema, tables: await countScratch(here, on.scratch, on.name) };
  }
}

type State = { readonly schema: readonly string[]; readonly tables: Parameters<typeof difference>[0] };

function compare(before: State, after: State, { path }: Script): void {
  const schema = firstOnlyIn(before.schema, after.schema, 'missing') ?? firstOnlyIn(after.schema, before.schema, 'new');
  if (schema !== undefined) throw new ScriptFault(`${path} does not bring the schema back: ${schema}`);
  const told = { before: 'the data before', after: 'the data after migrating and reverting' };
  const data = difference(before.tables, after.tables, told);
  if (data !== undefined) throw new ScriptFault(`${path} does not bring the data back: ${data}`);
}

/** The first line that one schema has more often than the other. */
function firstOnlyIn(here: readonly string[], there: readonly string[], what: string): string | undefined {
  const left = [...there];
  const extra = here.find((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return extra === undefined ? undefined : `${what} is ${extra.trim().slice(0, 200)}`;
}

const sum = (all: readonly number[]): number => all.reduce((one, other) => one + other, 0);
