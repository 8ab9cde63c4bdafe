import { CancellationScope, isCancellation, log, sleep } from '@temporalio/workflow';
import { asked } from '../src/domain/approval.js';
import { spoken } from '../src/domain/duration.js';
import type { ReleaseOrder, StageOrder } from '../src/domain/release.js';
import { telling } from './activities.js';

/**
 * The escalation protocol of an emergency (SPEC-0701, Deployment Windows): while people have to decide, they are called at
 * once, and again and again until they have decided. A standard release calls nobody.
 */
export async function escalating<T>(order: ReleaseOrder, stage: StageOrder, deciding: () => Promise<T>): Promise<T> {
  if (!order.emergency || stage.tier !== 'production') return await deciding();
  const scope = new CancellationScope();
  const calling = scope.run(() => callPeople(order, stage));
  calling.catch((fault: unknown) => {
    if (!isCancellation(fault)) log.warn('people are not called any more', { why: String(fault) });
  });
  try {
    return await deciding();
  } finally {
    scope.cancel();
  }
}

async function callPeople(order: ReleaseOrder, stage: StageOrder): Promise<never> {
  const { changeId, service, version, requester, emergency } = order;
  const { reason = '', escalateAfter = 0 } = emergency ?? {};
  for (let call = 1; ; call += 1) {
    const again = call === 1 ? '' : ` Call ${call}: nobody has decided for ${spoken((call - 1) * escalateAfter)}.`;
    const text = `EMERGENCY: ${requester.person} asks for ${service} ${version} in ${stage.environment}: ${reason}.${again} It takes ${asked(stage.approval.roles)}: slipway approve ${changeId}`;
    const told = telling(`call ${call} for ${changeId}`).notify({ key: `emergency/${changeId}/${call}`, text });
    await told.catch((fault: unknown) => {
      if (isCancellation(fault)) throw fault;
    });
    await sleep(escalateAfter, { summary: `people are called again for ${changeId}` });
  }
}
