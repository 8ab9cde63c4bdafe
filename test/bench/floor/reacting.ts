import { condition, defineSignal, getExternalWorkflowHandle, proxyActivities, setHandler } from '@temporalio/workflow';

const rollback = defineSignal('rollback');

/** The floor under every reaction: the least a workflow can do between a signal and its first activity. */
export async function reacting({ queue }: { readonly queue: string }): Promise<void> {
  const { goBack } = proxyActivities<{ goBack(): Promise<void> }>({
    taskQueue: queue,
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '5 seconds',
  });
  let demanded = false;
  setHandler(rollback, () => void (demanded = true));
  await condition(() => demanded);
  await goBack();
}

/** The same where the signal comes to another workflow, which passes it on: as a release does to its rollout. */
export async function relaying({ to }: { readonly to: string }): Promise<void> {
  let demanded = false;
  setHandler(rollback, () => void (demanded = true));
  await condition(() => demanded);
  await getExternalWorkflowHandle(to).signal(rollback);
}
