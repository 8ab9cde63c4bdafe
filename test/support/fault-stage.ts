import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Load } from '../../src/demo/load.js';
import { checkInvariants } from './invariants.js';
import { opened } from './opened.js';
import { openStage, type Stage, type View } from './stage.js';

/** Windows that end by themselves soon, and such that wait for somebody. */
export const quick = '{ kind: canary, shares: [25, 100], window: 6s, afterwards: 2s, every: 1s }';
export const patient = '{ kind: canary, shares: [25, 100], window: 5m, afterwards: 2s, every: 1s }';

/** What the pages of the fault list do with a release, over HTTP. */
export interface FaultStage {
  readonly stage: Stage;
  /** Approved, and on its way. */
  readonly started: (service: string, version: string) => Promise<string>;
  readonly said: (person: string, changeId: string, command: string) => ReturnType<Stage['ask']>;
  readonly viewOf: (changeId: string) => Promise<View>;
  readonly closed: (changeId: string) => Promise<View>;
  /** I1–I6 hold. */
  readonly holds: (service: string, changeId: string) => Promise<void>;
}

/** A stage whose production is told to wait briefly; the services named are open, with customers, until the page is over. */
export async function faultStage(
  services: Readonly<Record<string, string>>,
  open: readonly string[],
): Promise<FaultStage> {
  const stage = await openStage(services, {
    environments: ['production'],
    startWithin: '90s',
    latency: '10s',
    production: 'at-once: 2, approval: { expires-after: 20s }',
  });
  const loads: Load[] = [];
  before(async () => {
    for (const service of open) loads.push(await opened(stage, service));
  });
  after(async () => {
    for (const load of loads) await load.stop();
    await stage.close();
  });

  return {
    stage,
    async started(service, version) {
      const changeId = await stage.release(service, version);
      await stage.approve(changeId);
      return changeId;
    },
    said: (person, changeId, command) =>
      stage.ask(person, 'POST', `/v1/releases/${changeId}/${command}`, { reason: 'the fault list' }),
    viewOf: async (changeId) => (await stage.ask('alice', 'GET', `/v1/releases/${changeId}`)).body,
    closed: (changeId) => stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined),
    async holds(service, changeId) {
      assert.deepEqual(await checkInvariants(stage, service, changeId), []);
    },
  };
}

export const stepsOf = ({ rollouts }: View) => rollouts.at(-1)?.steps ?? [];
export const has = (view: View, step: string): boolean => stepsOf(view).some(({ id }) => id === step);
