import type { DataChange, Migration, MigrationClass, Phase } from '../../src/domain/migration.js';

/** A migration of a class, known by the number of its script: `db/0003.sql`. */
export function aMigration(of: Exclude<MigrationClass, 'none'>, number: string, phase?: Phase): Migration {
  const script = (path: string) => ({ path, hash: `sha256:${path}` });
  const common = {
    migrate: script(`db/${number}.sql`),
    impact: `Impact of ${number}.`,
    ...(phase && { phase }),
  };
  return of === 'scripted'
    ? { class: of, ...common, revert: script(`db/${number}-back.sql`) }
    : { class: of, ...common };
}

export const ofVersion = (version: string): DataChange['of'] => ({ version, digest: `sha256:${version}` });
