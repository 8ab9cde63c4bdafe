import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { minutes } from '../../domain/duration.js';
import { heraldId, reconcilerId, recordsWatchId, releaseQueue, workflowTypes } from '../../messages.js';

/**
 * Each environment's worker sees to it that its environment is compared, and the house's that people are told: also when
 * such a workflow itself was ended.
 */
export function keepWatching(of: {
  readonly client: Client;
  readonly environments: readonly string[];
  readonly house: boolean;
  readonly log: Logger;
}): { readonly close: () => Promise<void> } {
  const { client, environments, house, log } = of;
  const end = new AbortController();
  const keeping = (async () => {
    while (!end.signal.aborted) {
      for (const environment of environments)
        await ensure(environment).catch((err: unknown) => log.error({ environment, err }, 'no reconciler runs'));
      if (house)
        await ensureRecordsWatch().catch((err: unknown) =>
          log.error({ err }, 'nobody compares the records with the engine'),
        );
      if (house) await ensureHerald().catch((err: unknown) => log.error({ err }, 'nobody tells people of releases'));
      await pause(minutes(1), undefined, { signal: end.signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      end.abort();
      await keeping;
    },
  };

  async function ensure(environment: string): Promise<void> {
    await client.workflow.start(workflowTypes.reconciler, {
      workflowId: reconcilerId(environment),
      taskQueue: releaseQueue,
      args: [{ environment, findings: [] }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `compares ${environment} with what is under way`,
    });
  }

  async function ensureRecordsWatch(): Promise<void> {
    await client.workflow.start(workflowTypes.reconciler, {
      workflowId: recordsWatchId,
      taskQueue: releaseQueue,
      args: [{ environment: '', findings: [], records: true }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: 'compares the records with what the engine knows',
    });
  }

  async function ensureHerald(): Promise<void> {
    await client.workflow.start(workflowTypes.herald, {
      workflowId: heraldId,
      taskQueue: releaseQueue,
      args: [],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: 'tells people what becomes of releases',
    });
  }
}
