import type pg from 'pg';
import { Refused } from '../../domain/failure.js';
import type { MigrationOutcome, RevertOutcome, Script } from '../../domain/migration.js';
import type { Place } from '../../domain/environment.js';
import type { DataStep } from '../../domain/migration.js';
import type { Database } from '../../ports/database.js';
import type { Fence } from '../../ports/fleet.js';
import { declaredMigration, textsPacked } from '../build/declared.js';
import { knownService } from '../build/sources.js';
import { backUp, provedBackup } from './backup.js';
import { restoreTested, testRestore } from './restore-test.js';
import { changesSince, sameText } from './compare.js';
import { connected } from './connection.js';
import { connectionName, type Done, endOlder, enter, mark, note, readLedger } from './ledger.js';
import { here, scriptOf, type Here, type Parts } from './place.js';
import { inTransaction, runScript, ScriptFault, type Sql } from './script.js';

/** The PostgreSQL databases of the configured services, as the worker of an environment reaches them. */
export function createPostgresDatabase(parts: Parts): Database {
  const { config, artifacts } = parts;
  return {
    async declared(artifact) {
      const service = knownService(config, artifact.service);
      if (!service.database) return undefined;
      return await declaredMigration(service, textsPacked(await artifacts.fetch(artifact.digest)));
    },

    async read(place) {
      if (!knownService(config, place.service).database) return { generation: 0, applied: [] };
      const { address } = await here(parts, place);
      return await connected(address, looking(place), (client) => readLedger(client, place));
    },

    testRestore: async (place) => testRestore(parts, await here(parts, place)),

    restoreTested: (place) => restoreTested(parts, place),

    restorable: (environment) =>
      Object.values(config.services).flatMap(({ name, database }) =>
        database && Object.hasOwn(database.url, environment) ? [name] : [],
      ),

    backup: async ({ place, ...ask }) => backUp(parts, await here(parts, place), ask),

    async migrate({ place, migration, of, proof, fence }) {
      const at = await here(parts, place);
      await provedBackup(parts, proof);
      const change = { migration, of };
      return await asOutcome(() =>
        apply({ at, fence, step: { kind: 'migrate', ...change }, script: migration.migrate }),
      );
    },

    async revert({ place, migration, of, fence }) {
      const at = await here(parts, place);
      const step: DataStep = { kind: 'revert', migration, of };
      const outcome = await asOutcome(() => apply({ at, fence, step, script: migration.revert }));
      if (outcome.kind === 'refused') throw new Refused('invalid', outcome.reason);
      const { at: time, tookMs, changed } = outcome;
      const reverted: RevertOutcome = changed
        ? { kind: 'reverted', at: time, tookMs }
        : { kind: 'not-applied', at: time };
      return reverted;
    },

    async writtenSince(place, proof) {
      const { address } = await here(parts, place);
      const { tables } = await provedBackup(parts, proof);
      return await connected(address, looking(place), async (client) => {
        await client.query(sameText);
        await client.query('begin isolation level repeatable read read only');
        const written = await changesSince(client, tables, new Date().toISOString());
        await client.query('commit');
        return written;
      });
    },
  };

  interface Work {
    readonly at: Here;
    readonly fence: Fence;
    readonly step: DataStep;
    readonly script: Script;
  }

  /** Fence, script and note are one transaction: whoever dies when, the script is applied with its note or not at all. */
  async function apply({ at, fence, step, script }: Work): Promise<Applied> {
    const begun = performance.now();
    const sql = await scriptOf(parts, script, step.of);
    const { place, address, limits } = at;
    return await connected(address, { name: connectionName(place, fence) }, async (client) => {
      await endOlder(client, place, fence);
      return await inTransaction(client, limits, async () => {
        const known = await enter(client, place, fence);
        const { at: time, changed } = known ?? (await change(client, { at, fence, step, sql }));
        return { kind: 'applied', at: time, tookMs: Math.round(performance.now() - begun), changed };
      });
    });
  }

  /** Runs the script, unless the data is already as it would leave it. */
  async function change(
    client: pg.Client,
    { at, fence, step, sql }: Omit<Work, 'script'> & { readonly sql: Sql },
  ): Promise<Pick<Done, 'at' | 'changed'>> {
    const { place, limits } = at;
    const { kind: what, migration, of } = step;
    const { applied } = await readLedger(client, place);
    const before = applied.find((one) => one.migration.migrate.hash === migration.migrate.hash);
    if ((before !== undefined) === (what === 'migrate')) {
      const noted = await note(client, place, { what, fence });
      return { at: before?.at ?? noted, changed: false };
    }
    await runScript(client, sql, limits);
    return { at: await note(client, place, { what, fence, change: { migration, of } }), changed: true };
  }
}

type Applied = Extract<MigrationOutcome, { kind: 'applied' }> & { readonly changed: boolean };

async function asOutcome(
  work: () => Promise<Applied>,
): Promise<Applied | Extract<MigrationOutcome, { kind: 'refused' }>> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof ScriptFault)
      return { kind: 'refused', reason: `${fault.message}. It has left nothing behind` };
    throw fault;
  }
}

/** The name of connections that only look: no effect ends them. */
const looking = (place: Place): { readonly name: string } => ({ name: `slipway/${mark(place)}` });
