import type { DataChange, Migration, MigrationClass, Phase } from '../../src/domain/migration.js';

type Of<C extends MigrationClass> = Extract<Migration, { readonly class: C }>;

/** A migration of a class, known by the number of its script: `db/0003.sql`. */
export function aMigration<C extends Migration['class']>(of: C, number: string, phase?: Phase): Of<C> {
  const script = (path: string) => ({ path, hash: `sha256:${path}` });
  const made = {
    class: of,
    migrate: script(`db/${number}.sql`),
    impact: `Impact of ${number}.`,
    ...(phase && { phase }),
    ...(of === 'scripted' && { revert: script(`db/${number}-back.sql`) }),
  };
  return made as unknown as Of<C>;
}

export const ofVersion = (version: string): DataChange['of'] => ({ version, digest: `sha256:${version}` });
