import { createFeatures } from '../adapters/flags/features.js';
import { createGovernanceRecords } from '../adapters/governance/records.js';
import type { Config } from '../config/config.js';
import { documentFacts } from '../config/document-facts.js';
import { documentsOf, type GeneratedDocument } from '../domain/decisions/documents/documents.js';
import { rotationPaths, rotationsIn } from '../domain/decisions/records/rotation.js';
import type { FlagFacts } from '../domain/decisions/documents/facts.js';

/** The documents of a configuration, as they should be now. Throws where the flags make no sense. */
export async function gatherDocuments(config: Config): Promise<readonly GeneratedDocument[]> {
  const records = createGovernanceRecords(config);
  const recorded = await records.read(rotationPaths(await records.entries()));
  return documentsOf(documentFacts(config, { flags: await flagsOf(config), rotations: rotationsIn(recorded) }));
}

/** Each flag as its first environment defines it, with all where there is one of its name. */
async function flagsOf(config: Config): Promise<readonly FlagFacts[]> {
  const features = createFeatures({ config });
  const read = await Promise.all(
    config.environments.map(async ({ name }) => ({ environment: name, flags: (await features.read(name)).flags })),
  );
  const names = [...new Set(read.flatMap(({ flags }) => flags.map(({ name }) => name)))];
  return names.flatMap((name) => {
    const found = read.flatMap(({ environment, flags }) =>
      flags.filter((flag) => flag.name === name).map((flag) => ({ environment, flag })),
    );
    return found.slice(0, 1).map(({ flag: { description, owner, service, variants, expires } }) => ({
      ...{ name, description, owner, variants: Object.keys(variants) },
      ...(service !== undefined && { service }),
      ...(expires !== undefined && { expires }),
      environments: found.map(({ environment }) => environment),
    }));
  });
}
