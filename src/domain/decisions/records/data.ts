import { counted } from '../../counted.js';
import { shortDigest } from '../../artifact.js';
import { spoken } from '../../duration.js';
import {
  type BackupProof,
  type DataChange,
  type DataWritten,
  migrationKind,
  type TableChange,
} from '../../migration.js';
import type { RolloutOutcome, RolloutPlan } from '../../rollout.js';
import { line, md, shown, table } from './text.js';

/** What a rollout was to do to data, what a rollback would do to it, and what came of it: part of the deploy log. */
export interface DataEntry {
  readonly migrations: readonly MigrationEntry[];
  readonly backup?: BackupProof;
  /** As the approvers read it. */
  readonly rollback_impact: string;
  readonly came_of_it: string;
  readonly written_since_backup?: DataWritten;
}

interface MigrationEntry {
  readonly version: string;
  readonly class: string;
  readonly migrate: string;
  readonly revert?: string;
  readonly impact: string;
  readonly direction: 'migrate' | 'revert';
}

/** What is recorded of data; nothing of a rollout that does not touch any. */
export function dataEntry(plan: RolloutPlan, outcome: RolloutOutcome): DataEntry | undefined {
  const { data } = outcome;
  const steps = plan.steps.flatMap(({ take }) => (take.kind === 'migrate' || take.kind === 'revert' ? [take] : []));
  if (steps.length === 0) return undefined;
  return {
    migrations: steps.map((step) => migrationEntry(step, step.kind)),
    ...(data?.backup && { backup: data.backup }),
    rollback_impact: line(plan.dataImpact ?? 'not told', 2_000),
    came_of_it: line(cameOfIt(plan, outcome), 1_000),
    ...(data?.written && { written_since_backup: data.written }),
  };
}

function migrationEntry({ migration, of }: DataChange, direction: MigrationEntry['direction']): MigrationEntry {
  const revert = 'revert' in migration ? migration.revert.path : undefined;
  return {
    version: of.version,
    class: migrationKind(migration),
    migrate: migration.migrate.path,
    ...(revert !== undefined && { revert }),
    impact: line(migration.impact, 500),
    direction,
  };
}

/** What the rollout has left of the data, in a sentence. */
function cameOfIt(plan: RolloutPlan, { data, kind, steps }: RolloutOutcome): string {
  const migrate = plan.steps.find(({ take }) => take.kind === 'migrate')?.take;
  const { migrated, revertedAt } = data ?? {};
  if (migrate?.kind !== 'migrate') return broughtBack(revertedAt, kind);
  const { migration } = migrate;
  const { path } = migration.migrate;
  if (migrated?.kind === 'refused') return `${path} was not applied, and the data is as it was: ${migrated.reason}`;
  if (!migrated && revertedAt === undefined) {
    // What was abandoned half-way is known again once its way back was taken: that of a scripted one looks.
    const begun = steps.some(({ step, direction }) => step.kind === 'migrate' && direction === 'forth');
    const known = !begun || migration.class === 'scripted';
    return known ? `${path} was not applied: the data is as it was` : `${path} was begun and may have been applied`;
  }
  const done = migrated ? `${path} was applied at ${shown(migrated.at)} UTC` : `${path} was applied`;
  if (kind === 'adopted') return done;
  if (revertedAt !== undefined && migration.class === 'scripted')
    return `${done}, and ${migration.revert.path} took it back at ${shown(revertedAt)} UTC`;
  if (migration.class !== 'compatible') return `${done} and was not taken back`;
  return `${done} and stays${plan.from ? `: ${plan.from.version} works on it too` : ''}`;
}

function broughtBack(revertedAt: string | undefined, kind: RolloutOutcome['kind']): string {
  if (revertedAt === undefined) return 'nothing was taken back';
  return kind === 'adopted'
    ? `taken back at ${shown(revertedAt)} UTC`
    : `taken back at ${shown(revertedAt)} UTC and applied again`;
}

/** The data's part of a Change Log entry. */
export function dataPhrase(plan: RolloutPlan, outcome: RolloutOutcome): string {
  const entry = dataEntry(plan, outcome);
  if (!entry) return '';
  const what = entry.migrations.map((m) => `${m.direction} ${m.migrate} of ${m.version} (${m.class})`).join(', ');
  const then = outcome.kind === 'adopted' ? ` ${entry.rollback_impact}` : '';
  return `. Data: ${md(`${what}; ${backupPhrase(entry.backup)}; ${entry.came_of_it}.${then}`, 2_000)}`;
}

function backupPhrase(proof: BackupProof | undefined): string {
  if (!proof) return 'no proved backup';
  return `backup ${shortDigest(proof.digest)} of ${counted(proof.tables.length, 'table')} and ${counted(rowsOf(proof), 'row')} restored and compared`;
}

const rowsOf = ({ tables }: BackupProof): number => tables.reduce((sum, { rows }) => sum + rows, 0);

/** The same as part of a page. */
export function dataPage(entry: DataEntry): string {
  const { migrations, backup, rollback_impact: impact, came_of_it: came, written_since_backup: written } = entry;
  return [
    table(
      ['version', 'class', 'does', 'script', 'way back', 'impact'],
      migrations.map((m) =>
        [m.version, m.class, m.direction, m.migrate, m.revert ?? 'none', m.impact].map((cell) => md(cell)),
      ),
    ),
    backup ? backupPage(backup) : 'No backup was proved.',
    `A rollback: ${md(impact, 2_000)}`,
    `What came of it: ${md(came, 1_000)}.`,
    ...(written ? [`Written since the backup: ${md(writtenPhrase(written), 2_000)}.`] : []),
  ].join('\n\n');
}

function backupPage({ takenAt, file, bytes, digest, tables, dumpMs, restoreMs, rehearsal }: BackupProof): string {
  const { migrateMs, revertMs } = rehearsal;
  const rehearsed = [
    ...(migrateMs === undefined ? [] : [`migration ${spoken(migrateMs)}`]),
    ...(revertMs === undefined ? [] : [`revert ${spoken(revertMs)}`]),
  ];
  const told = `Backup ${md(file)} of ${shown(takenAt)} UTC, ${bytes} bytes, ${md(digest)}: dumped in ${spoken(dumpMs)}, restored and compared in ${spoken(restoreMs)}; rehearsed on the copy: ${rehearsed.join(', ') || 'nothing'}.`;
  const rows = tables.map((one) => [md(one.table), String(one.rows), one.checksum]);
  return `${told}\n\n${table(['table', 'rows', 'checksum, equal after the restore'], rows)}`;
}

/** `public.orders 4 → 5 rows; 3 tables as they were`. */
function writtenPhrase({ changed, same }: DataWritten): string {
  const told = changed.map((one) => `${one.table} ${rowsPhrase(one)}`);
  return [...told, `${counted(same, 'table')} as ${same === 1 ? 'it was' : 'they were'}`].join('; ');
}

function rowsPhrase({ before, now, content }: TableChange): string {
  const [was, is] = [before ?? 'no', now ?? 'no'];
  if (was !== is) return `${was} → ${is} rows`;
  return content === 'other-columns' ? `${is} rows, in other columns` : `${is} rows, with other contents`;
}
