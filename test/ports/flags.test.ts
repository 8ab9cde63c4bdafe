import { stringify } from 'yaml';
import { createFeatures } from '../../src/adapters/flags/features.js';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import type { FlagDefinition } from '../../src/domain/flag.js';
import { aGovernance } from '../support/a-governance.js';
import { flagsSuite, theFlags } from './flags-suite.js';

const environments = ['dev', 'staging', 'production'];

flagsSuite('in memory', () =>
  Promise.resolve({
    flags: createMemoryFlags(Object.fromEntries(environments.map((name) => [name, theFlags]))),
    close: () => Promise.resolve(),
  }),
);

flagsSuite('in one file for all environments', async () => {
  const { config, write, close } = await aGovernance();
  await write('method/config/features.yml', asWritten(theFlags));
  return { flags: createFeatures({ config }), close };
});

flagsSuite('in a file for each environment', async () => {
  const { config, write, close } = await aGovernance();
  for (const name of environments) await write(`method/config/features.${name}.yml`, asWritten(theFlags));
  return { flags: createFeatures({ config }), close };
});

function asWritten(flags: readonly FlagDefinition[]): string {
  const entries = flags.map(({ name, defaultVariant, variants, ...rest }) => [
    name,
    name === 'new-checkout'
      ? { ...rest, on: defaultVariant === 'on' }
      : { ...rest, variants, 'default-variant': defaultVariant },
  ]);
  return stringify({ flags: Object.fromEntries(entries) as unknown });
}
