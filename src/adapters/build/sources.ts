import { join } from 'node:path';
import semver from 'semver';
import type { Config, ServiceConfig } from '../../config/config.js';
import { Refused } from '../../domain/failure.js';
import type { Sources } from '../../ports/builder.js';
import { declaredMigration } from './declared.js';
import { createGit, type Variables } from './git.js';
import { createMirror, type Mirror, type Reference } from './mirror.js';

/**
 * The git repositories of the configured services, read through mirrors under `directory` (shared with the builder).
 * `variables` are those of this process: git finds the user's credentials by them.
 */
export function createSources(parts: {
  readonly config: Pick<Config, 'services'>;
  readonly directory: string;
  readonly variables: Variables;
}): Sources {
  const git = createGit(parts.variables);
  return {
    resolve: async ({ service, ref, version }) => {
      const known = knownService(parts.config, service);
      const { repository } = known;
      checkReference(ref);
      const mirror = createMirror({ directory: mirrors(parts.directory), repository, git });
      await mirror.fetch();
      const references = await mirror.references();
      const commit = await commitOf(ref, references, mirror);
      const wanted = version === undefined ? taggedVersion(ref, commit, references) : checkVersion(version);
      checkTags(wanted, commit, references);
      const migration = await declaredMigration(known, (path) => mirror.text(commit, path));
      return { commit, version: wanted, ...(migration && { migration }) };
    },
  };
}

/** The configuration of a service by name. Refused as `not-found`. */
export function knownService(config: Pick<Config, 'services'>, name: string): ServiceConfig {
  const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
  if (service) return service;
  throw new Refused(
    'not-found',
    `service "${name}" is not configured; known: ${Object.keys(config.services).join(', ')}`,
  );
}

/** Where the mirrors lie below the build directory. */
export const mirrors = (directory: string): string => join(directory, 'mirrors');

/** A version as it is kept: semantic, without a leading `v` and without build metadata, which the tag adds. Refused as `invalid`. */
export function checkVersion(written: string): string {
  const parsed = semver.parse(written);
  if (parsed && parsed.build.length === 0) return parsed.version;
  throw new Refused('invalid', `version "${written}" is not a semantic version without build metadata, such as 1.2.0`);
}

/** References reach git's command line: none may be read as an option or as a range. */
function checkReference(ref: string): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_./+@-]{0,199}$/u.test(ref) && !ref.includes('..') && !ref.includes('@{')) return;
  const shown = JSON.stringify(ref.slice(0, 80));
  throw new Refused(
    'invalid',
    `reference ${shown} is not a tag, a branch or a commit: letters, digits and _ . / + @ -`,
  );
}

async function commitOf(ref: string, references: readonly Reference[], mirror: Mirror): Promise<string> {
  const named = references.filter((r) => [r.name, r.short, ...withoutV(r)].includes(ref));
  const [first, ...others] = named;
  if (first && others.every((r) => r.commit === first.commit)) return first.commit;
  if (first) {
    const both = named.map((r) => `${r.name} (${r.commit.slice(0, 12)})`).join(' and ');
    throw new Refused('invalid', `"${ref}" names ${both}; give the full name`);
  }
  const commit = /^[0-9a-f]{4,40}$/i.test(ref) ? await mirror.commit(ref) : undefined;
  if (commit) return commit;
  throw new Refused('not-found', `"${ref}" is no tag, branch or one commit; there are ${whatExists(references)}`);
}

/** A version tag is also found by the version alone: `1.2.0` for `v1.2.0`. */
const withoutV = (r: Reference): readonly string[] =>
  r.kind === 'tag' && r.short.startsWith('v') && semver.valid(r.short) ? [r.short.slice(1)] : [];

/** The version the reference itself names, else the highest one tagged on the commit. */
function taggedVersion(ref: string, commit: string, references: readonly Reference[]): string {
  const here = versionTags(references).filter((tag) => tag.commit === commit);
  const version = here.find((tag) => [tag.name, tag.short, tag.version].includes(ref))?.version ?? here[0]?.version;
  if (version) return version;
  const short = commit.slice(0, 12);
  throw new Refused(
    'invalid',
    `commit ${short} has no version tag: give a version, or tag it (git tag -a v1.2.0 ${short})`,
  );
}

/** A version that is already the name of another commit would make two artifacts of one name. */
function checkTags(version: string, commit: string, references: readonly Reference[]): void {
  const taken = versionTags(references).find((tag) => tag.version === version && tag.commit !== commit);
  if (!taken) return;
  const [there, here] = [taken.commit.slice(0, 12), commit.slice(0, 12)];
  throw new Refused('invalid', `version ${version} is taken: tag ${taken.short} points at ${there}, wanted ${here}`);
}

/** Tags that are semantic versions, the highest first. */
function versionTags(references: readonly Reference[]): readonly (Reference & { readonly version: string })[] {
  return references
    .flatMap((r) => {
      const version = r.kind === 'tag' ? semver.valid(r.short) : null;
      return version ? [{ ...r, version }] : [];
    })
    .sort((a, b) => semver.rcompare(a.version, b.version));
}

function whatExists(references: readonly Reference[]): string {
  const versions = versionTags(references).map((tag) => tag.short);
  const branches = references.filter((r) => r.kind === 'branch').map((r) => r.short);
  return `tags ${some(versions)}; branches ${some(branches)}`;
}

const some = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ') || 'none';
