import { withoutPostgres } from '../support/postgres.js';

/** A release while its rollout is under way, for what people do to it. */
export interface UnderWay {
  /** Waits until the rollout has asked for this activity. */
  readonly reaches: (activity: string) => Promise<void>;
  /** Says something over HTTP, again and again until it was heard. */
  readonly say: (person: string, verb: string, body: unknown) => Promise<void>;
}

/** A way a release can go. Each has a service of its own, named after it. */
export interface Scenario {
  /** As `slipway.yml` writes it; windows as short as a verdict allows. */
  readonly strategy: string;
  /** The versions that take turns; unless said the release always finds the other one stable. */
  readonly versions?: readonly string[];
  /** Whether its service keeps orders in a PostgreSQL of its own. */
  readonly database?: true;
  /** What people do while the rollout is under way. */
  readonly act?: (release: UnderWay) => Promise<void>;
}

/** Rolled back by a person in its first window. */
const rolledBack: Pick<Scenario, 'strategy' | 'act'> = {
  strategy: '{ kind: canary, shares: [50, 100], window: 5m, afterwards: 1500ms, every: 1s }',
  act: async ({ reaches, say }) => {
    await reaches('observeCandidate');
    await say('dave', 'rollback', { reason: 'customers call' });
  },
};

const everyScenario: Readonly<Record<string, Scenario>> = {
  canary: { strategy: '{ kind: canary, shares: [50, 100], window: 1500ms, afterwards: 1500ms, every: 1s }' },
  'blue-green': { strategy: '{ kind: blue-green, afterwards: 1500ms, every: 1s }' },
  rolling: { strategy: '{ kind: rolling, batches: 2, afterwards: 1500ms, every: 1s }' },
  rollback: rolledBack,
  migration: { ...rolledBack, versions: ['1.2.0'], database: true },
};

/** Those that can be run here: without PostgreSQL none that migrates, which is told loudly. */
export const scenarios: Readonly<Record<string, Scenario>> = Object.fromEntries(
  Object.entries(everyScenario).filter(([, { database }]) => database !== true || withoutPostgres === false),
);
