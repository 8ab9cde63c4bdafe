import * as z from 'zod';
import type { Reconciled } from '../../domain/recovery.js';
import * as nouns from './nouns.js';

/** What the engine had forgotten of a service, and what the records and the world tell of it. */
export const reconciliation = z
  .strictObject({
    service: z.string(),
    at: nouns.instant,
    /** What the records know and the engine does not; missing where there is nothing to reconcile. */
    found: z.string().exactOptional(),
    /** Whether it was restored, or only shown. */
    done: z.boolean(),
    environments: nouns.list(
      z
        .strictObject({
          environment: z.string(),
          current: nouns.artifact,
          former: nouns.artifact.exactOptional(),
          changeId: z.string(),
        })
        .meta({ id: 'ReconciledEnvironment' }),
    ),
    lost: nouns.list(
      z.strictObject({ changeId: z.string(), version: z.string(), said: z.string() }).meta({ id: 'LostChange' }),
    ),
    /** What is restored, and what cannot be known: sentences. */
    restored: nouns.list(z.string()),
    unknown: nouns.list(z.string()),
    records: nouns.list(z.string()),
  })
  .meta({ id: 'Reconciliation' });

export type ReconciliationView = z.infer<typeof reconciliation>;

export const reconciliationView = (told: Reconciled): ReconciliationView => ({
  ...{ service: told.service, at: told.at, done: told.records !== undefined },
  ...(told.found !== undefined && { found: told.found }),
  environments: Object.entries(told.running).map(([environment, { current, former, changeId }]) => ({
    ...{ environment, current, changeId },
    ...(former && { former }),
  })),
  ...{ lost: told.lost, restored: told.restored, unknown: told.unknown, records: told.records ?? [] },
});
