import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

/** The floor under every reaction: the least a workflow can do between a signal and its first activity. */
export async function reacting({ queue }: { readonly queue: string }): Promise<void> {
  const { goBack } = proxyActivities<{ goBack(): Promise<void> }>({
    taskQueue: queue,
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '5 seconds',
  });
  let demanded = false;
  setHandler(defineSignal('rollback'), () => void (demanded = true));
  await condition(() => demanded);
  await goBack();
}
