import { planFor } from '../src/domain/decisions/plan-for.js';
import type { Artifact } from '../src/domain/artifact.js';
import type { Place } from '../src/domain/environment.js';
import { Refused } from '../src/domain/failure.js';
import type { Alerts } from '../src/ports/alerts.js';
import type { Calendars } from '../src/ports/calendars.js';
import type { Database } from '../src/ports/database.js';
import type { Flags } from '../src/ports/flags.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Gates } from '../src/ports/gates.js';
import type { Load } from '../src/ports/load.js';
import type { Metrics } from '../src/ports/metrics.js';
import type { Smoke } from '../src/ports/smoke.js';
import type { Telemetry } from '../src/ports/telemetry.js';
import type { Traffic } from '../src/ports/traffic.js';
import type { Workflows } from '../src/ports/workflows.js';
import { lookAfter } from './aftercare.js';
import { beating } from './beating.js';
import type { Done, EnvironmentActivities, Fenced } from './contract.js';
import { createDatabaseActivities, dataPlanFor } from './database.js';
import { engineClock } from './engine-time.js';
import { withCodes } from './faults.js';
import { lookAtCalendar } from './judge-calendar.js';
import { judgeReadiness } from './judge-readiness.js';
import { lookAtStable } from './observe-flag.js';
import { lookOnce } from './observe.js';
import { boundFlags, planFlag } from './plan-flag.js';
import { planHash } from './plan-hash.js';
import { planRehearsal, sendLoad } from './rehearse.js';
import { runGates } from './run-gates.js';
import { readBack, type Wanted } from './read-back.js';
import { complete, smokeLane } from './smoke-lane.js';

/** What an environment's worker holds: the world of that environment, and no other. */
export interface EnvironmentTools {
  readonly fleet: Fleet;
  readonly traffic: Traffic;
  readonly metrics: Metrics;
  /** Missing where the configuration names no source of alerts. */
  readonly alerts?: Alerts;
  readonly telemetry: Telemetry;
  readonly smoke: Smoke;
  readonly database: Database;
  readonly flags: Flags;
  readonly load: Load;
  readonly gates: Gates;
  readonly calendars: Calendars;
  readonly workflows: Pick<Workflows, 'standing'>;
}

/** The work in one environment. Effects answer when the world was read back; looks answer what they saw. */
export function createEnvironmentActivities(tools: EnvironmentTools): EnvironmentActivities {
  const { fleet, traffic, flags } = tools;
  return withCodes<EnvironmentActivities>({
    async planRollout({ kind, stage, artifact }) {
      const place = { service: artifact.service, environment: stage.environment };
      const { environment, flags: names = [] } = stage;
      const [{ generation, stable }, { share }, known, bound] = await Promise.all([
        fleet.read(place),
        traffic.read(place),
        dataPlanFor(tools, { stage, artifact }),
        boundFlags(tools, { environment, names }),
      ]);
      const plan = planFor({
        kind,
        stage,
        artifact,
        world: {
          generation: Math.max(generation, known.generation),
          share,
          ...(stable && { stable: stable.artifact }),
        },
        data: known.data,
        flags: bound,
      });
      return { ...plan, hash: planHash(plan) };
    },

    ...createDatabaseActivities(tools.database),

    async seePlace({ place }) {
      const [{ stable, candidate, baseline }, { share }] = await Promise.all([fleet.read(place), traffic.read(place)]);
      const lanes = {
        ...(stable && { stable: stable.artifact }),
        ...(candidate && { candidate: candidate.artifact }),
        ...(baseline && { baseline: baseline.artifact }),
      };
      return { environment: place.environment, share, ...lanes };
    },

    async startCandidate({ key, generation, place, artifact, instances, from }) {
      await expectStable(place, from, generation);
      const start = () => fleet.start({ place, artifact, instances, fence: { key, generation } });
      return await effect(place, start, { candidate: artifact.digest });
    },

    stopCandidate: ({ place, ...fence }) =>
      effect(place, () => fleet.stop({ place, fence: only(fence) }), { candidate: undefined }),

    async startBaseline({ key, generation, place, artifact, instances }) {
      const start = async () => {
        await ofBaseline(fleet.startBaseline({ place, artifact, instances, fence: { key, generation } }));
        await expectComplete(place, artifact.digest, generation, 'baseline');
      };
      return await effect(place, start, { baseline: artifact.digest });
    },

    stopBaseline: ({ place, ...fence }) =>
      effect(place, () => fleet.stopBaseline({ place, fence: only(fence) }), { baseline: undefined }),

    async replaceBatch({ key, generation, ...ask }) {
      return await done(() => fleet.replace({ ...ask, fence: { key, generation } }));
    },

    async shiftTraffic({ key, generation, digest, ...ask }) {
      const { place, share } = ask;
      if (digest !== undefined) await expectComplete(place, digest, generation);
      return await effect(place, () => traffic.shift({ ...ask, fence: { key, generation } }), { share });
    },

    async adoptCandidate({ place, digest, keepFormer = false, key, generation }) {
      await expectComplete(place, digest, generation);
      const adopt = () => fleet.adopt({ place, digest, keepFormer, fence: { key, generation } });
      return await effect(place, adopt, { stable: digest });
    },

    retireFormer: ({ place, ...fence }) => done(() => fleet.retire({ place, fence: only(fence) })),

    observeAdopted: (ask) => lookAfter(tools, ask),

    runSmoke: (ask) => beating(() => smokeLane(tools, ask)),

    observeCandidate: (ask) => lookOnce(tools, ask),

    planDrill: (ask) => planRehearsal(tools, ask),

    sendLoad: (ask) => sendLoad(tools, ask),

    runGates: (ask) => runGates(tools.gates, ask),

    judgeReadiness: (ask) => beating(() => judgeReadiness(tools, ask)),

    judgeCalendar: (ask) => lookAtCalendar(tools, ask),

    planFlag: (ask) => planFlag(tools, ask),

    async setFlag({ key, generation, ...ask }) {
      const now = engineClock();
      const set = await beating(() => flags.set({ ...ask, fence: { key, generation } }));
      return { ...set, at: now() };
    },

    observeFlag: (ask) => lookAtStable(tools, ask),
  });

  /** Brings something about, and reads it back. */
  function effect(place: Place, work: () => Promise<unknown>, wanted: Wanted): Promise<Done> {
    return done(async () => {
      await work();
      await readBack(tools, place, wanted);
    });
  }

  /** Every instance reports the digest that it runs: one that runs another stops the cut-over, however many do not. */
  async function expectComplete(
    place: Place,
    digest: string,
    generation: number,
    lane: 'candidate' | 'baseline' = 'candidate',
  ): Promise<void> {
    const { [lane]: status, generation: seen } = await fleet.read(place);
    if (!status || seen > generation) return;
    const { kind, reason } = complete(status, digest, lane);
    if (kind === 'pass') return;
    throw new Refused('moved-by-others', `${place.service} in ${place.environment} is not given users: ${reason}`);
  }

  /** Somebody else's version in the stable lane means that this plan was made for another world. */
  async function expectStable(place: Place, from: Artifact | undefined, generation: number): Promise<void> {
    const world = await fleet.read(place);
    const stable = world.stable?.artifact.digest;
    if (stable === from?.digest || world.generation > generation) return;
    const [met, wanted] = [world.stable?.artifact.tag ?? 'nothing', from?.tag ?? 'nothing'];
    throw new Refused(
      'moved-by-others',
      `${place.service} in ${place.environment} runs ${met}; planned from ${wanted}`,
    );
  }
}

/** Says of what is refused that it is about the baseline: its version is that of the stable lane. */
async function ofBaseline(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (fault) {
    throw fault instanceof Refused ? new Refused(fault.code, `the baseline: ${fault.message}`) : fault;
  }
}

const only = ({ key, generation }: Fenced): Fenced => ({ key, generation });

async function done(work: () => Promise<unknown>): Promise<Done> {
  const now = engineClock();
  await beating(work);
  return { at: now() };
}
