import { setDefaultSignalHandler, sleep } from '@temporalio/workflow';
import type { Sweep, SweepOrder } from '../src/domain/retention.js';
import { building, telling } from './activities.js';
import { now } from './clock.js';

/**
 * Artifacts that have had their time go, a day after people were told which: whoever still wants one releases it, or has it
 * kept longer. What has come to be needed in that day stays.
 */
export async function retention({ how, by }: SweepOrder): Promise<Sweep> {
  setDefaultSignalHandler(() => undefined);
  const sweeping = building(`artifacts that have had their time (${by})`);
  const seen = await sweeping.sweepArtifacts({});
  if (how === 'look' || seen.old.length === 0) return seen;
  const tags = seen.old.map(({ artifact }) => artifact.tag);
  if (how === 'tell-first') {
    const names = tags.map((tag, i) => `${seen.old[i]?.artifact.service ?? ''} ${tag}`).join(', ');
    const text = `Artifacts that have had their time go in a day: ${names}. slipway retention shows them; keep-artifacts in slipway.yml keeps them longer`;
    const told = telling('which artifacts go in a day').notify({ key: `retention/${now().slice(0, 10)}`, text });
    await told.catch(() => undefined);
    await sleep('24 hours', { summary: 'people may still want one of them' });
  }
  return await sweeping.sweepArtifacts({ remove: tags });
}
