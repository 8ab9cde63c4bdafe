import { ActivityFailure } from '@temporalio/workflow';
import type { Fenced } from '../activities/contract.js';
import { counted } from '../src/domain/counted.js';
import { type Instant, type Milliseconds, seconds, spoken } from '../src/domain/duration.js';
import type { BackupProof, DataRecord, DataStep, DataWritten } from '../src/domain/migration.js';
import { neverReached } from '../src/domain/never.js';
import { type BackStep, type RolloutOrder, type RolloutPlan, sentence, type Step } from '../src/domain/rollout.js';
import { fail, pass, type Verdict } from '../src/domain/verdict.js';
import { backIn, dataBackIn, dataIn } from './activities.js';
import { now } from './clock.js';
import { fenceOf } from './fence.js';

/** The part of a rollout's memory that is about data. */
interface DataJournal {
  data?: DataRecord;
}

type DataTake = Extract<Step, { kind: 'backup' | 'migrate' | 'revert' }>;

/** Takes one step forth on data. What is refused has left the data as it was, and is no pass. */
export async function takeData(
  { id, take }: { readonly id: string; readonly take: DataTake },
  plan: RolloutPlan,
  journal: DataJournal,
): Promise<Verdict> {
  const { place, generation } = plan;
  const ask = dataIn(place.environment, sentence(take, plan));
  const fence = fenceOf(generation, id);
  switch (take.kind) {
    case 'backup': {
      const outcome = await ask.backUp({ ...fence, place, steps: dataSteps(plan) });
      if (outcome.kind === 'refused') return fail(outcome.reason);
      note(journal, { backup: outcome.proof });
      return pass(provedBy(outcome.proof));
    }
    case 'migrate': {
      const { migration, of } = take;
      const proof = journal.data?.backup;
      if (!proof) return fail('no proved backup: nothing is migrated without one');
      const migrated = await ask.migrate({ ...fence, place, migration, of, proof });
      note(journal, { migrated });
      return migrated.kind === 'refused' ? fail(migrated.reason) : pass(`applied, in ${spoken(migrated.tookMs)}`);
    }
    case 'revert': {
      const { migration, of } = take;
      const reverted = await ask.revertMigration({ ...fence, place, migration, of });
      if (reverted.kind === 'reverted') note(journal, { revertedAt: reverted.at });
      return pass(reverted.kind === 'reverted' ? `reverted, in ${spoken(reverted.tookMs)}` : 'was not applied');
    }
    default:
      return neverReached(take);
  }
}

/** Takes one step of the way back on data, and remembers what had been written by then. */
export async function takeDataBack(
  back: Extract<BackStep, { kind: 'migrate' | 'revert' }>,
  fence: Fenced,
  order: RolloutOrder,
  journal: DataJournal,
): Promise<Instant> {
  const { place } = order.plan;
  const proof = journal.data?.backup;
  const patience = order.rollbackPatience + 10 * longest(proof);
  const ask = dataBackIn(place.environment, patience, sentence(back, order.plan));
  const { migration, of } = back;
  if (back.kind === 'migrate') {
    // Without a proved backup nothing was reverted before.
    if (!proof) return now();
    return (await ask.migrateAgain({ ...fence, place, migration, of, proof })).at;
  }
  await lookAtWritten(proof, order, journal);
  const reverted = await ask.revertMigration({ ...fence, place, migration: back.migration, of });
  if (reverted.kind === 'reverted') note(journal, { revertedAt: reverted.at });
  return reverted.at;
}

/** A script on the way back gets ten times as long as it took when it was rehearsed. */
const longest = (proof: BackupProof | undefined): Milliseconds =>
  Math.max(proof?.rehearsal.migrateMs ?? 0, proof?.rehearsal.revertMs ?? 0);

/** A figure for the records: the way back does not wait for it, nor for its failure. */
async function lookAtWritten(
  proof: BackupProof | undefined,
  { plan }: RolloutOrder,
  journal: DataJournal,
): Promise<void> {
  if (!proof) return;
  const look = backIn(plan.place.environment, seconds(30), 'what was written since the backup');
  const written: DataWritten | undefined = await look
    .dataWrittenSince({ place: plan.place, proof })
    .catch((fault: unknown) => {
      if (fault instanceof ActivityFailure) return undefined;
      throw fault;
    });
  if (written) note(journal, { written });
}

/** What the plan does to data, as the backup rehearses it. */
const dataSteps = ({ steps }: RolloutPlan): readonly DataStep[] =>
  steps.flatMap(({ take }) => (take.kind === 'migrate' || take.kind === 'revert' ? [take] : []));

const provedBy = ({ tables, bytes, rehearsal }: BackupProof): string => {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const { migrateMs, revertMs } = rehearsal;
  const rehearsed = [
    migrateMs === undefined ? '' : `, migration rehearsed in ${spoken(migrateMs)}`,
    revertMs === undefined ? '' : `, revert in ${spoken(revertMs)}`,
  ].join('');
  return `${counted(tables.length, 'table')}, ${counted(rows, 'row')}, ${bytes} bytes, restored and compared${rehearsed}`;
};

function note(journal: DataJournal, more: DataRecord): void {
  journal.data = { ...journal.data, ...more };
}
