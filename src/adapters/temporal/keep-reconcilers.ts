import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { minutes } from '../../domain/duration.js';
import { reconcilerId, releaseQueue, workflowTypes } from '../../messages.js';

/** Each environment's worker sees to it that its environment is compared: also when that workflow itself was ended. */
export function keepReconcilers(of: {
  readonly client: Client;
  readonly environments: readonly string[];
  readonly log: Logger;
}): { readonly close: () => Promise<void> } {
  const { client, environments, log } = of;
  const end = new AbortController();
  const keeping = (async () => {
    while (!end.signal.aborted) {
      for (const environment of environments)
        await ensure(environment).catch((err: unknown) => log.error({ environment, err }, 'no reconciler runs'));
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
}
