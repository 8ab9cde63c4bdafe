import { createGovernanceRecords } from '../adapters/governance/records.js';
import { awaitCustomers, type Customers } from './customers.js';
import { type Act, type DemoRelease, play, type Played } from './play.js';
import { type DemoStage, openDemoStage } from './stage.js';
import { type DemoSummary, type LeftOut, told } from './summary.js';

/** A first release, a good one, one that only real customers find out about, and one that a person takes back. */
const acts: readonly Act[] = [
  { version: '1.0.0', wanted: 'succeeded', about: 'the first release of the shop' },
  {
    version: '1.1.0',
    wanted: 'succeeded',
    about: 'vouchers, a good change; oscar approves in the Temporal UI',
    inTemporalUi: true,
  },
  {
    version: '1.2.0',
    wanted: 'rolled-back',
    about: 'a change that passes every test and fails some orders under load',
  },
  {
    version: '1.3.0',
    wanted: 'rolled-back',
    about: 'greetings, which migrate the database; oscar takes it back while customers order',
    takenBack: { by: 'oscar', reason: 'the cards are not printed yet' },
    onData: true,
  },
];

/**
 * Plays the demo: real releases of a real service, with customers all the time. Returns when everything has ended; where
 * `interrupted` rejects, everything is ended in order and that is the fault.
 */
export async function playDemo(ask: {
  readonly folder?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (line: string) => void;
  readonly interrupted?: Promise<never>;
}): Promise<{ readonly summary: DemoSummary; readonly asWanted: boolean }> {
  const { tell, interrupted } = ask;
  const begun = Date.now();
  const stage = await openDemoStage(ask);
  tell(`Front door ${stage.slipway.url} · Temporal UI ${stage.slipway.engine.uiUrl ?? '(the cluster’s)'}`);
  const customers = awaitCustomers(stage, tell);
  try {
    const playing = playAll(stage, customers, tell);
    const played = await (interrupted ? Promise.race([playing, interrupted]) : playing);
    const { verified } = await createGovernanceRecords({ directory: stage.governance }).audit();
    const summary = {
      profile: stage.config.profile.name,
      durationMs: Date.now() - begun,
      releases: played.map(({ release }) => release),
      leftOut: leftOut(stage),
      audit: { verified },
    };
    tell(told(summary, { governance: stage.governance, links: played.flatMap(({ link }) => link ?? []) }));
    return { summary, asWanted: verified && played.every(({ act, release }) => isAsWanted(act, release)) };
  } finally {
    await customers.end();
    await stage.close();
  }
}

async function playAll(
  stage: DemoStage,
  customers: Customers,
  tell: (line: string) => void,
): Promise<readonly (Played & { readonly act: Act })[]> {
  const played: (Played & { readonly act: Act })[] = [];
  for (const act of acts) {
    tell(`\n── shop ${act.version}: ${act.about}`);
    if (isPlayable(act, stage)) played.push({ act, ...(await play(act, { stage, customers, tell })) });
    else tell(`Left out: ${stage.withoutData ?? ''}`);
  }
  return played;
}

const isPlayable = ({ onData = false }: Act, { withoutData }: DemoStage): boolean =>
  !onData || withoutData === undefined;

const leftOut = (stage: DemoStage): readonly LeftOut[] =>
  acts.flatMap((act, i) => (isPlayable(act, stage) ? [] : [{ act: i + 1, reason: stage.withoutData ?? '' }]));

/** A good release costs no customer anything; the bad one may, before it is found out; an order is never lost. */
export function isAsWanted({ wanted, onData = false }: Act, { outcome, clientRequests, data }: DemoRelease): boolean {
  const { sent, failed } = clientRequests;
  const served = wanted !== 'succeeded' || (failed === 0 && sent > 0);
  const kept = !onData || (data !== undefined && data.intact && data.inNewForm > 0);
  return outcome === wanted && served && kept;
}
