import { engineFromEnvironment } from '../adapters/temporal/engine-environment.js';
import type { Engine } from '../adapters/temporal/engine-environment.js';
import type { Config } from '../config/config.js';
import type { Settings } from '../settings.js';
import { recordsAhead } from '../start/records-ahead.js';
import { readRunFile } from '../start/run-file.js';
import { type Finding, ill, said, well } from './findings.js';

/** Whether the engine knows what the records know: it is asked where it runs. */
export async function memory(config: Config, settings: Settings): Promise<Finding> {
  const what = 'engine’s memory';
  try {
    const engine = await engineOf(settings);
    if (!engine) return well(what, 'compared with the records when Slipway runs');
    const ahead = await recordsAhead({ engine, config });
    if (ahead.length === 0) return well(what, 'it knows what the records know');
    const commands = [...new Set(ahead.map(({ command }) => command))].join('; ');
    return ill(what, ahead.map(({ service, why }) => `${service}: ${why}`).join('; '), commands);
  } catch (fault) {
    return ill(what, said(fault), 'see that the engine answers, and that records can be read');
  }
}

async function engineOf({ dataDir }: Settings): Promise<Engine | undefined> {
  const external = engineFromEnvironment(process.env);
  if (external) return external;
  const run = await readRunFile(dataDir);
  return run && { kind: 'embedded', connection: { address: run.address }, namespace: run.namespace };
}
