import { executeChild, getExternalWorkflowHandle, log, setDefaultSignalHandler } from '@temporalio/workflow';
import type { RestoreOrder, RestoreTest } from '../src/domain/restore-test.js';
import { restoreTestedSignal, restoreTestId, serviceId, workflowTypes } from '../src/messages.js';
import { dataIn, telling } from './activities.js';
import { now } from './clock.js';
import { faultOf } from './faults.js';

/**
 * A rehearsed restore: the database of a service is dumped, restored beside itself and compared, or every database of the
 * environment, one after another. What has worked is evidence; what has not is told to people.
 */
export async function restoreTest(order: RestoreOrder): Promise<readonly RestoreTest[]> {
  setDefaultSignalHandler(() => undefined);
  const { environment, service, by, practice } = order;
  if (service !== undefined) return [await ofOne({ service, environment }, { by, counts: practice !== true })];
  const services = await dataIn(environment, `databases of ${environment} (${by})`).restorable({ environment });
  const tests: RestoreTest[] = [];
  for (const name of services) tests.push(...(await child(order, name)));
  return tests;
}

/** One that was asked for beside is under way already: that one counts. */
async function child(order: RestoreOrder, service: string): Promise<readonly RestoreTest[]> {
  const { environment } = order;
  try {
    return await executeChild<typeof restoreTest>(workflowTypes.restoreTest, {
      workflowId: restoreTestId(environment, service),
      args: [{ ...order, service }],
      staticSummary: `restore of ${service} in ${environment}, rehearsed (${order.by})`,
    });
  } catch (fault) {
    log.warn('a restore was not rehearsed', { service, environment, why: faultOf(fault) });
    return [];
  }
}

async function ofOne(
  place: { readonly service: string; readonly environment: string },
  { by, counts }: { readonly by: string; readonly counts: boolean },
): Promise<RestoreTest> {
  const { service, environment } = place;
  const data = dataIn(environment, `restore of ${service} in ${environment}, rehearsed (${by})`);
  const test: RestoreTest = await data
    .testRestore({ place })
    .catch((fault: unknown) => ({ ...place, kind: 'failed', reason: faultOf(fault) }) as const);
  if (test.kind === 'failed') await told(test.reason);
  else if (counts) await shown();
  return test;

  /** The mailbox looks at the proof itself. A service that was never released has none: its first release looks. */
  async function shown(): Promise<void> {
    const mailbox = getExternalWorkflowHandle(serviceId(service));
    await mailbox.signal(restoreTestedSignal.name, environment).catch(() => undefined);
  }

  async function told(reason: string): Promise<void> {
    const text = `The database of ${service} in ${environment} could not be restored from a backup: ${reason}. ${counts ? 'It is tried again tomorrow, or now' : 'To try it again'}: slipway restore-test ${service} --environment ${environment}`;
    const key = `restore-test/${environment}/${service}/${now().slice(0, 16)}`;
    await telling(`restore of ${service} in ${environment} has failed`)
      .notify({ key, text })
      .catch(() => undefined);
  }
}
