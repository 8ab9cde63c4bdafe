import { createHash } from 'node:crypto';
import type { Artifact } from '../../domain/artifact.js';
import type { Place } from '../../domain/environment.js';
import { isOutrun, newestWith, outrunBy } from '../../domain/fencing.js';
import { Refused } from '../../domain/failure.js';
import type {
  AppliedMigration,
  BackupProof,
  DataChange,
  Migration,
  Rehearsal,
  TableProof,
} from '../../domain/migration.js';
import type { RestoreProof } from '../../domain/restore-test.js';
import type { DataStep } from '../../domain/migration.js';
import type { Database } from '../../ports/database.js';
import type { Fence } from '../../ports/fleet.js';

export type Row = Readonly<Record<string, string | number | null>>;

/** Tables by name, each with its rows. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** What a script does; it throws where the script would fail. */
export type MemoryScript = (tables: Tables) => Tables;

/** Databases that last as long as the process. */
export interface MemoryDatabase extends Database {
  tables(place: Place): Tables;
  /** Changes data as the service would. */
  write(place: Place, change: MemoryScript): void;
  /** Loses a backup, as a disk would. */
  lose(proof: BackupProof): void;
}

/** `packages` tells what an artifact carries, by digest; its scripts by path. */
export function createMemoryDatabase(parts: {
  readonly packages: (digest: string) => {
    readonly migration?: Migration;
    readonly scripts: Readonly<Record<string, MemoryScript>>;
  };
  readonly now?: () => Date;
  /** Those that have a database; none unless said. */
  readonly services?: readonly string[];
  /** Why a dump of this place does not restore; it does when missing. */
  readonly unrestorable?: (place: Place) => string | undefined;
}): MemoryDatabase {
  const now = (): string => (parts.now?.() ?? new Date()).toISOString();
  const places = new Map<string, Kept>();
  const restored = new Map<string, RestoreProof>();
  const backups = new Map<string, { readonly proof: BackupProof; readonly tables: Tables }>();

  const at = ({ service, environment }: Place): Kept => {
    const name = `${service} in ${environment}`;
    const kept = places.get(name) ?? { name, tables: {}, generation: 0, done: new Map<string, Applied>(), applied: [] };
    places.set(name, kept);
    return kept;
  };
  const run = (path: string, of: DataChange['of'], tables: Tables): Tables => {
    const script = parts.packages(of.digest).scripts[path];
    if (!script) throw new Refused('invalid', `${path} in the artifact of ${of.version}: met no such file`);
    return script(tables);
  };
  const change = (place: Place, step: DataStep, fence: Fence, path: string): Applied => {
    const kept = enter(at(place), fence);
    const known = kept.done.get(fence.key);
    if (known) return known;
    const { hash } = step.migration.migrate;
    const others = kept.applied.filter((one) => one.migration.migrate.hash !== hash);
    const wasApplied = others.length < kept.applied.length;
    const changed = wasApplied === (step.kind === 'revert');
    if (changed) kept.tables = run(path, step.of, kept.tables);
    Object.assign(kept, newestWith(fence, kept));
    const done: Applied = { kind: 'applied', at: now(), tookMs: 0, changed };
    const one: AppliedMigration = { migration: step.migration, of: step.of, at: done.at };
    if (changed) kept.applied = step.kind === 'migrate' ? [...others, one] : others;
    kept.done.set(fence.key, done);
    return done;
  };
  const provedBackup = ({ file }: BackupProof) => {
    const backup = backups.get(file);
    if (!backup) throw new Refused('not-found', `backup ${file} is gone; no data is changed without a proved backup`);
    return backup;
  };

  return {
    tables: (place) => at(place).tables,
    write: (place, written) => {
      const kept = at(place);
      kept.tables = written(kept.tables);
    },
    lose: ({ file }) => void backups.delete(file),

    declared: (artifact: Artifact) => Promise.resolve(parts.packages(artifact.digest).migration),

    read: async (place) => {
      const { generation, applied } = at(place);
      return Promise.resolve({ generation, applied });
    },

    testRestore: (place) => {
      const { tables } = at(place);
      const rows = Object.values(tables).reduce((sum, table) => sum + table.length, 0);
      const bytes = JSON.stringify(tables).length;
      const proof = { at: now(), tables: Object.keys(tables).length, rows, bytes, dumpMs: 0, restoreMs: 0 };
      const reason = parts.unrestorable?.(place);
      if (reason !== undefined) return Promise.resolve({ kind: 'failed', reason });
      restored.set(at(place).name, proof);
      return Promise.resolve({ kind: 'restored', proof });
    },

    restoreTested: (place) => Promise.resolve(restored.get(at(place).name)),

    restorable: () => parts.services ?? [],

    backup: async ({ place, steps, fence }) => {
      const kept = enter(at(place), fence);
      const file = `memory/${fence.key}`;
      const known = backups.get(file);
      if (known) return Promise.resolve({ kind: 'proved', proof: known.proof });
      const { tables } = kept;
      try {
        const proof: BackupProof = {
          place,
          takenAt: now(),
          file,
          bytes: JSON.stringify(tables).length,
          digest: `sha256:${createHash('sha256').update(JSON.stringify(tables)).digest('hex')}`,
          tables: counted(tables),
          dumpMs: 0,
          restoreMs: 0,
          rehearsal: rehearsed(stillToDo(steps, kept.applied), tables, run),
        };
        Object.assign(kept, newestWith(fence, kept));
        backups.set(file, { proof, tables });
        return await Promise.resolve({ kind: 'proved', proof });
      } catch (fault) {
        if (fault instanceof Refused) throw fault;
        return { kind: 'refused', reason: `${said(fault)}. The data was not touched` };
      }
    },

    migrate: async ({ place, migration, of, proof, fence }) => {
      provedBackup(proof);
      try {
        const step = { kind: 'migrate', migration, of } as const;
        const { kind, at: time, tookMs } = change(place, step, fence, migration.migrate.path);
        return await Promise.resolve({ kind, at: time, tookMs });
      } catch (fault) {
        if (fault instanceof Refused) throw fault;
        return { kind: 'refused', reason: `${said(fault)}. It has left nothing behind` };
      }
    },

    revert: async ({ place, migration, of, fence }) => {
      try {
        const step = { kind: 'revert', migration, of } as const;
        const { changed, at: time, tookMs } = change(place, step, fence, migration.revert.path);
        return await Promise.resolve(
          changed ? { kind: 'reverted', at: time, tookMs } : { kind: 'not-applied', at: time },
        );
      } catch (fault) {
        if (fault instanceof Refused) throw fault;
        throw new Refused('invalid', `${said(fault)}. It has left nothing behind`);
      }
    },

    writtenSince: async (place, proof) => {
      const { tables: before } = provedBackup(proof);
      const { tables } = at(place);
      const names = [...new Set([...Object.keys(before), ...Object.keys(tables)])].sort();
      const compared = names.map((name) => compare(name, before[name], tables[name]));
      const changed = compared.filter(({ content }) => content !== 'same');
      return Promise.resolve({ at: now(), changed, same: compared.length - changed.length });
    },
  };
}

interface Applied {
  readonly kind: 'applied';
  readonly at: string;
  readonly tookMs: number;
  readonly changed: boolean;
}

interface Kept {
  readonly name: string;
  tables: Tables;
  generation: number;
  run?: string;
  readonly done: Map<string, Applied>;
  applied: readonly AppliedMigration[];
}

function enter(kept: Kept, fence: Fence): Kept {
  if (!isOutrun(fence, kept)) return kept;
  throw new Refused('superseded', outrunBy(fence, kept, `the database of ${kept.name}`));
}

const stillToDo = (steps: readonly DataStep[], applied: readonly AppliedMigration[]): readonly DataStep[] =>
  steps.filter(({ kind, migration: { migrate } }) => {
    const isApplied = applied.some(({ migration }) => migration.migrate.hash === migrate.hash);
    return isApplied === (kind === 'revert');
  });

function rehearsed(
  steps: readonly DataStep[],
  tables: Tables,
  run: (path: string, of: DataChange['of'], tables: Tables) => Tables,
): Rehearsal {
  let copy = tables;
  const reverted: string[] = [];
  for (const { kind, migration, of } of steps) {
    const revert = 'revert' in migration ? migration.revert : undefined;
    if (kind === 'revert') copy = run(migration.revert.path, of, copy);
    else {
      const migrated = run(migration.migrate.path, of, copy);
      copy = revert ? run(revert.path, of, migrated) : migrated;
      if (revert && JSON.stringify(copy) !== JSON.stringify(tables))
        throw new Error(`${revert.path} does not bring the data back`);
    }
    if (kind === 'revert' || revert) reverted.push(migration.migrate.path);
  }
  const migrates = steps.some(({ kind }) => kind === 'migrate');
  return { ...(migrates && { migrateMs: 0 }), ...(reverted.length > 0 && { revertMs: 0 }) };
}

const counted = (tables: Tables): readonly TableProof[] =>
  Object.entries(tables).map(([table, rows]) => ({
    table,
    rows: rows.length,
    checksum: createHash('md5').update(JSON.stringify(rows)).digest('hex'),
  }));

function compare(table: string, before: readonly Row[] | undefined, now: readonly Row[] | undefined) {
  const sizes = { ...(before && { before: before.length }), ...(now && { now: now.length }) };
  if (before?.length !== now?.length) return { table, ...sizes, content: 'changed' } as const;
  const columns = Object.keys(before?.[0] ?? {});
  const kept = (rows: readonly Row[] = []) => JSON.stringify(rows.map((row) => columns.map((column) => row[column])));
  const gone = columns.some((column) => !Object.hasOwn(now?.[0] ?? {}, column));
  const content = gone ? 'other-columns' : kept(before) === kept(now) ? 'same' : 'changed';
  return { table, ...sizes, content } as const;
}

const said = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
