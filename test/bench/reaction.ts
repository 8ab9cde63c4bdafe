import { setTimeout as pause } from 'node:timers/promises';
import type { Milliseconds } from '../../src/domain/duration.js';
import { releaseId } from '../../src/messages.js';
import { readRunFile } from '../../src/start/run-file.js';
import { holderOf } from '../support/events.js';
import type { Stage } from '../support/stage.js';
import { type Floor, openFloor } from './floor/floor.js';
import { demandOn, type Measured, type Reaction, type ways } from './reaction/demand.js';
import { withSecondWorker } from '../support/second-worker.js';
import { openGround, park, supplyOf } from './reaction/ground.js';
import { tell } from './reaction/tell.js';
import type { Bench } from './support/bench.js';
import { machineFacts } from './support/machine.js';
import { interleaved } from './support/rounds.js';

interface Ground {
  readonly stage: Stage;
  readonly floor: Floor;
}

const parkedReleases = 200;

/** From a demand being sent to the way back having begun, and to users being safe; beside a bare workflow. */
export const bench: Bench = async ({ rounds = 10, parts, chance, report }) => {
  const wanted = (Object.keys(cases) as (keyof typeof cases)[]).filter(
    (name) => parts.length === 0 || parts.includes(name),
  );
  const stage = await openGround(wanted.includes('parked') ? parkedReleases : 0);
  const client = await stage.client();
  const run = await readRunFile(stage.dataDir);
  const floor = await openFloor({ client, address: run?.address ?? '', workers: 2 });
  try {
    report.line({ machine: await machineFacts(client) });
    let met = true;
    for (const name of wanted) {
      const measured = await cases[name]({ stage, floor }, rounds);
      met = tell({ name, measured, chance, report }) && met;
    }
    return met;
  } finally {
    await floor.close();
    await stage.close();
  }
};

/** Each case in words: where the release is when the demand comes, and what else goes on. */
const cases = {
  /** Observing in a canary window. */
  idle: (ground: Ground, rounds: number) => observing(ground, rounds),

  /** An instance is being started that needs a minute to be ready. */
  busy: ({ stage, floor }: Ground, rounds: number) => {
    const starting = supplyOf(stage, { version: '6.0.0', step: '01-start', ahead: true });
    return measure(rounds, async (way) => demandOn(stage, way, await starting()), floor);
  },

  /** One of two worker processes, the one that had the release in its cache, dies at this very moment. */
  dying: (ground: Ground, rounds: number) => bereft(ground, rounds, 0),

  /** It was killed a quarter of a second ago, and the server has seen its connections close. */
  killed: (ground: Ground, rounds: number) => bereft(ground, rounds, 250),

  /** Two hundred other releases wait for an approval. */
  parked: async (ground: Ground, rounds: number) => {
    await park(ground.stage, parkedReleases);
    return await observing(ground, rounds);
  },
} as const;

const bereft = async ({ stage, floor }: Ground, rounds: number, ago: Milliseconds): Promise<Measured> => {
  const client = await stage.client();
  const second = await withSecondWorker(stage);
  const next = supplyOf(stage, { version: '1.1.0', step: '04-observe', ahead: false });
  const ours = async (way: keyof typeof ways): Promise<Reaction> => {
    const at = await next();
    const replaced = await second.kill(await holderOf(client, releaseId(at.service, at.changeId)));
    await pause(ago);
    const reaction = await demandOn(stage, way, at);
    await replaced();
    return reaction;
  };
  try {
    return await measure(rounds, ours, {
      react: () => floor.reactAfterDeath(ago),
      relay: () => floor.reactAfterDeath(ago),
    });
  } finally {
    await second.close();
  }
};

const observing = ({ stage, floor }: Ground, rounds: number): Promise<Measured> => {
  const next = supplyOf(stage, { version: '1.1.0', step: '04-observe', ahead: true });
  return measure(rounds, async (way) => demandOn(stage, way, await next()), floor);
};

const measure = (
  rounds: number,
  ours: (way: keyof typeof ways) => Promise<Reaction>,
  { react, relay }: Pick<Floor, 'react' | 'relay'>,
): Promise<Measured> =>
  interleaved(rounds, {
    ...{ http: () => ours('http'), floor: react, relay, alert: () => ours('alert') },
    ...{ signal: () => ours('signal'), direct: () => ours('direct') },
  });
