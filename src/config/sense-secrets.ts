import type { Config } from './config.js';
import { ownersOf } from './owners.js';
import type { SenseFinding } from './problems.js';
import type { Written } from './schema.js';
import { ownSecrets, secretName, secretsOf } from './secrets.js';

/** A plan is about a secret that something refers to, and in the hands of somebody there is. */
export function senseOfSecrets(config: Config, written: Written): readonly SenseFinding[] {
  const referred = secretsOf({ ...config, rotations: {} }).map(({ name }) => name);
  const known = [...referred, ...Object.keys(ownSecrets)];
  const owners = ownersOf(config);
  return Object.entries(written.secrets).flatMap(([name, { owner }]): readonly SenseFinding[] => [
    ...(known.includes(secretName(name))
      ? []
      : [
          {
            path: ['secrets', name],
            at: 'key' as const,
            met: `the secret ${name}, which nothing refers to`,
            wanted: known,
            reads: [['services'], ['environments'], ['alerts']],
          },
        ]),
    ...(owners.includes(owner)
      ? []
      : [{ path: ['secrets', name, 'owner'], at: 'value' as const, wanted: owners, reads: [['people']] }]),
  ]);
}
