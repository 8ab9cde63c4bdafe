import { reminders, secretsStanding } from '../src/domain/decisions/rotations.js';
import type { RecordedFile } from '../src/domain/audit.js';
import { rotationPaths, rotationsIn } from '../src/domain/decisions/records/rotation.js';
import { Refused } from '../src/domain/failure.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Records } from '../src/ports/records.js';
import type { Secrets } from '../src/ports/secrets.js';
import type { RotationActivities, SecretActivities } from './contract.js';
import { engineTime } from './engine-time.js';
import { withCodes } from './faults.js';

/** What an environment's worker needs to say what it finds. */
export interface SecretTools {
  readonly secrets: Secrets;
  readonly fleet: Fleet;
  /** Whose instances run there. */
  readonly services: readonly string[];
}

/** What an environment's own workers find of its secrets. */
export const createSecretActivities = ({ secrets, fleet, services }: SecretTools): SecretActivities =>
  withCodes<SecretActivities>({
    async reportSecrets({ environment }) {
      const reader = `environment/${environment}` as const;
      const running = await Promise.all(
        services.map(async (service) => {
          const { stable } = await fleet.read({ service, environment });
          return stable ? [[service, stable.artifact.tag] as const] : [];
        }),
      );
      const fingerprints = await secrets.fingerprints(reader);
      return { reader, fingerprints, running: Object.fromEntries(running.flat()) };
    },
  });

/** What the house does with rotations: it reads secrets of its own, too. */
export const createRotationActivities = (tools: {
  readonly records: Records;
  readonly secrets: Secrets;
}): RotationActivities => {
  const { records, secrets } = tools;
  return withCodes<RotationActivities>({
    async reportHouse() {
      const readers = secrets.known.flatMap(({ uses }) => uses.map(({ reader }) => reader));
      const environments = readers.flatMap((reader) =>
        reader.startsWith('environment/') ? [reader.replace('environment/', '')] : [],
      );
      const report = { reader: 'house' as const, fingerprints: await secrets.fingerprints('house') };
      return { report, environments: [...new Set(environments)] };
    },

    async recordRotation({ rotation, reports }) {
      const saidAt = engineTime();
      const { secret, by } = rotation;
      const known = secrets.known.find(({ name }) => name === secret);
      if (!known) throw new Refused('not-found', `nothing refers to the secret ${secret}`);
      const purpose = known.uses.map((use) => use.purpose).join('; ');
      const eventId = `rotation/${secret}/${rotation.at}/${by}`;
      const about = reports.flatMap(({ fingerprints, ...report }) => {
        const found = fingerprints[secret];
        return found === undefined ? [] : [{ ...report, fingerprints: { [secret]: found } }];
      });
      const said = { ...rotation, saidAt, purpose, reports: about };
      const { paths } = await records.write({ kind: 'secret-rotated', eventId, rotation: said });
      return { paths };
    },

    async judgeSecrets({ reports }) {
      const now = engineTime();
      const facts = { secrets: secrets.known, rotations: rotationsIn(await recorded()), reports };
      const standing = secretsStanding(facts, now);
      return { standing, reminders: reminders(standing) };
    },
  });

  async function recorded(): Promise<readonly RecordedFile[]> {
    return await records.read(rotationPaths(await records.entries()));
  }
};
