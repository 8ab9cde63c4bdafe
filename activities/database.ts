import semver from 'semver';
import { type DataPlan, planData } from '../src/domain/decisions/plan-data.js';
import type { Artifact } from '../src/domain/artifact.js';
import { Refused } from '../src/domain/failure.js';
import type { StageOrder } from '../src/domain/release.js';
import type { Database } from '../src/ports/database.js';
import { beating } from './beating.js';
import { engineClock } from './engine-time.js';
import type { DatabaseActivities } from './contract.js';

/** The work on data in one environment. Effects answer when the database has committed; the look answers what it saw. */
export function createDatabaseActivities(database: Database): DatabaseActivities {
  return {
    backUp: ({ key, generation, ...ask }) => beating(() => database.backup({ ...ask, fence: { key, generation } })),

    migrate: ({ key, generation, ...ask }) => beating(() => database.migrate({ ...ask, fence: { key, generation } })),

    revertMigration: ({ key, generation, ...ask }) =>
      beating(() => database.revert({ ...ask, fence: { key, generation } })),

    async migrateAgain({ key, generation, ...ask }) {
      const outcome = await beating(() => database.migrate({ ...ask, fence: { key, generation } }));
      if (outcome.kind === 'refused') throw new Refused('invalid', outcome.reason);
      return { at: outcome.at };
    },

    async testRestore({ place }) {
      const outcome = await beating(() => database.testRestore(place));
      return outcome.kind === 'restored'
        ? { ...place, kind: 'passed', proof: outcome.proof }
        : { ...place, kind: 'failed', reason: outcome.reason };
    },

    restoreTested: ({ place }) => beating(() => database.restoreTested(place)),

    restorable: ({ environment }) => Promise.resolve(database.restorable(environment)),

    dataWrittenSince: ({ place, proof }) => beating(() => database.writtenSince(place, proof)),
  };
}

/** What a rollout does to data, judged by what the database itself tells. Refused where there is no way to this version. */
export async function dataPlanFor(
  { database }: { readonly database: Database },
  { stage, artifact }: { readonly stage: StageOrder; readonly artifact: Artifact },
): Promise<{ readonly generation: number; readonly data: DataPlan }> {
  const now = engineClock();
  const place = { service: artifact.service, environment: stage.environment };
  const [declared, { generation, applied }] = await Promise.all([database.declared(artifact), database.read(place)]);
  const { version, digest } = artifact;
  const data = planData({
    of: { version, digest },
    ...(declared && { declared }),
    applied,
    isLater: (other) => semver.gt(other, version),
    now: now(),
    aftercare: stage.aftercare?.for ?? 0,
  });
  if (data.kind === 'refused') throw new Refused(data.code, data.reason);
  return { generation, data };
}
