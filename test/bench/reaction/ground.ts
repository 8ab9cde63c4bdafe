import { releaseId, rolloutId } from '../../../src/messages.js';
import { eventually } from '../../support/eventually.js';
import { opened } from '../../support/opened.js';
import { openStage, type Stage } from '../../support/stage.js';
import { liftVetoes } from '../../support/vetoes.js';

/** A release that waits for a demand. */
export interface UnderWay {
  readonly service: string;
  readonly changeId: string;
}

/** Windows that outlast the bench, looked at every other second. */
const patient = '{ kind: canary, shares: [25, 100], window: 10m, afterwards: 2s, every: 2s }';

/** As many as there are ways in: each round uses up what was made ahead for it. */
const services = ['a', 'b', 'c'];

/** A Slipway with three services whose first version is open, and as many as are wanted that will only ever wait. */
export async function openGround(parked: number): Promise<Stage> {
  const waiting = Array.from({ length: parked }, (_, i) => `parked-${i + 1}`);
  const strategies = Object.fromEntries([...services, ...waiting].map((name) => [name, patient]));
  const stage = await openStage(strategies, { environments: ['production'], startWithin: '90s', latency: '10s' });
  try {
    const loads = await Promise.all(services.map((name) => opened(stage, name, { requestsPerSecond: 20 })));
    for (const load of loads) await load.stop();
    return stage;
  } catch (fault) {
    await stage.close();
    throw fault;
  }
}

/** Releases in the middle of something, handed out one by one; made all at once where nothing happens to them meanwhile. */
export function supplyOf(
  stage: Stage,
  { version, step, ahead }: { readonly version: string; readonly step: string; readonly ahead: boolean },
): () => Promise<UnderWay> {
  const ready: Promise<UnderWay>[] = [];
  return async () => {
    if (ready.length === 0)
      ready.push(
        ...services.slice(0, ahead ? services.length : 1).map((service) => begun(stage, service, version, step)),
      );
    const [next] = await Promise.all(ready);
    void ready.shift();
    if (!next) throw new Error('no service to release');
    return next;
  };
}

async function begun(stage: Stage, service: string, version: string, step: string): Promise<UnderWay> {
  await liftVetoes(stage, service);
  const changeId = await stage.release(service, version);
  await stage.approve(changeId);
  await stage.until(changeId, `in ${step}`, ({ rollouts }) =>
    rollouts.some((r) => r.steps.some(({ id }) => id === step)),
  );
  const handle = (await stage.client()).workflow.getHandle(rolloutId('production', service));
  await eventually(`${step} of ${service} is at work`, async () => {
    const { raw } = await handle.describe();
    return raw.pendingActivities?.some(({ attempt, lastStartedTime }) => attempt && lastStartedTime) || undefined;
  });
  return { service, changeId };
}

/** This many releases, each of a service of its own, waiting for the approval of production. */
export async function park(stage: Stage, many: number): Promise<void> {
  const client = await stage.client();
  const left = Array.from({ length: many }, (_, i) => `parked-${i + 1}`);
  const work = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const changeId = await stage.release(name, '1.0.0');
      const handle = client.workflow.getHandle(releaseId(name, changeId));
      await eventually(`${name} is parked`, async () => {
        const { state } = await handle.query<{ state: string }>('progress');
        return state === 'awaiting-approval' ? true : undefined;
      });
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
}
