import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, ServiceConfig } from '../../config/config.js';
import { artifactTag, type Artifact } from '../../domain/artifact.js';
import type { Instant } from '../../domain/duration.js';
import { Refused } from '../../domain/failure.js';
import type { GateRun } from '../../domain/gate.js';
import type { BuildOutcome } from '../../domain/release.js';
import type { Builder, Revision } from '../../ports/builder.js';
import { packFolder } from './archive.js';
import type { ArtifactStore } from './artifacts.js';
import { declaredMigration, packedOtherwise, textsIn } from './declared.js';
import { judgeEnding, runCommand } from './command.js';
import { createGit, type Variables } from './git.js';
import { inTurn } from './lock.js';
import { createMirror, type Mirror } from './mirror.js';
import { gatesOf, provenance } from './provenance.js';
import { scanForSecrets, scanGate, secretlintVersion } from './secrets-scan.js';
import { checkVersion, knownService, mirrors } from './sources.js';

/**
 * Builds in clean checkouts below `directory`. One revision is built by one process at a time and always in the same
 * folder, because compilers write folder names into what they make.
 */
export function createBuilder(parts: {
  readonly config: Pick<Config, 'services'>;
  readonly artifacts: ArtifactStore;
  /** Mirrors, checkouts and the full logs of the builds. */
  readonly directory: string;
  /** Of this process: `PATH` and `HOME` are passed on to the commands, the others are not. */
  readonly variables: Variables;
  readonly now?: () => Instant;
}): Builder {
  const { artifacts, directory } = parts;
  const now = parts.now ?? ((): Instant => new Date().toISOString());
  const git = createGit(parts.variables);

  const answerKept = async (ask: { readonly service: string } & Revision): Promise<BuildOutcome | undefined> => {
    const artifact = await artifacts.find(ask);
    return artifact && { kind: 'built', artifact, gates: gatesOf(await artifacts.provenance(artifact)) };
  };

  return {
    build: async (ask, during = {}) => {
      const service = knownService(parts.config, ask.service);
      checkRevision(ask);
      const name = `${service.name}-${ask.version}-${ask.commit.slice(0, 12)}`;
      const room = join(directory, 'checkouts', name);
      const build = async (signal: AbortSignal): Promise<BuildOutcome> => {
        const kept = await answerKept(ask);
        if (kept) return kept;
        const mirror = createMirror({ directory: mirrors(directory), repository: service.repository, git });
        const logs = join(directory, 'logs', name);
        // What a build that died has left is not a clean checkout.
        for (const path of [room, logs]) await rm(path, { recursive: true, force: true });
        for (const path of [room, logs]) await mkdir(path, { recursive: true });
        const job = { service, revision: ask, mirror, room, logs, signal, now, variables: parts.variables };
        try {
          return await make({ ...job, artifacts, progress: during.progress ?? ((): void => undefined) });
        } finally {
          await rm(room, { recursive: true, force: true });
        }
      };
      return (await answerKept(ask)) ?? inTurn(room, build, during.signal);
    },
  };
}

interface Job {
  readonly service: ServiceConfig;
  readonly revision: Revision;
  readonly mirror: Mirror;
  readonly artifacts: ArtifactStore;
  readonly room: string;
  readonly logs: string;
  readonly variables: Variables;
  readonly now: () => Instant;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

async function make(job: Job): Promise<BuildOutcome> {
  const { service, revision, mirror, signal } = job;
  const begunAt = job.now();
  const committedAt = await fetchCommit(job);
  const checkout = join(job.room, 'checkout');
  await mirror.checkOut(revision.commit, checkout, signal);
  const senseless = await refusalOf(() => declaredMigration(service, textsIn(checkout)));
  if (senseless !== undefined) return { kind: 'refused', reason: senseless, gates: [] };

  const { gates, problem } = await runGates(job, checkout, committedAt);
  if (problem) return { kind: 'refused', reason: problem, gates };

  const archive = join(job.room, 'package.tar.gz');
  const packed = await packFolder({ checkout, output: service.build.output, modifiedAt: committedAt, archive, signal });
  if (packed.kind === 'refused') return { kind: 'refused', reason: packed.reason, gates };
  const output = { checkout, output: service.build.output };
  const otherwise = await refusalOf(() => packedOtherwise(service, output));
  if (otherwise !== undefined) return { kind: 'refused', reason: otherwise, gates };

  const scan = await scanForSecrets({
    ...{ folder: packed.folder, paths: packed.files, allowed: service.build.allowSecrets ?? [], signal },
  });
  const scanned = scanGate(scan);
  job.progress(`${scanned.name}: ${scanned.verdict.reason}`);
  const passed = [...gates, scanned];
  if (scanned.verdict.kind !== 'pass')
    return { kind: 'refused', reason: `${scanned.name}: ${scanned.verdict.reason}`, gates: passed };

  const endedAt = job.now();
  const untagged = {
    service: service.name,
    version: revision.version,
    commit: revision.commit,
    digest: packed.digest,
    builtAt: endedAt,
  };
  const by = `secretlint ${secretlintVersion}`;
  const artifact: Artifact = { ...untagged, tag: artifactTag(untagged), scanned: { files: scan.files, by } };
  const statement = provenance({ artifact, service, gates: passed, begunAt, endedAt, invocation: randomUUID() });
  const kept = await job.artifacts.keep(archive, artifact, statement);
  job.progress(`packed as ${kept.digest}`);
  return { kind: 'built', artifact: kept, gates: passed };
}

/** What a look refuses, in words; a reason that it answers is one too. */
async function refusalOf(look: () => Promise<unknown>): Promise<string | undefined> {
  try {
    const found = await look();
    return typeof found === 'string' ? found : undefined;
  } catch (fault) {
    if (fault instanceof Refused && fault.code === 'invalid') return fault.message;
    throw fault;
  }
}

/** Makes sure the mirror has the commit; when it was made. */
async function fetchCommit({ mirror, revision, service, signal }: Job): Promise<number> {
  const known = async (): Promise<boolean> => (await mirror.commit(revision.commit)) === revision.commit;
  if (!(await known())) await mirror.fetch(signal);
  if (await known()) return mirror.committedAt(revision.commit);
  throw new Refused(
    'not-found',
    `commit ${revision.commit} is on no branch and no tag of ${service.name}'s repository`,
  );
}

/** Gates in order, then the build command, up to the first that does not pass. */
async function runGates(
  job: Job,
  checkout: string,
  committedAt: number,
): Promise<{ readonly gates: readonly GateRun[]; readonly problem?: string }> {
  const { build } = job.service;
  const commands = [
    ...build.gates.map((gate) => ({ ...gate, title: `quality gate "${gate.name}"` })),
    ...(build.run === undefined ? [] : [{ name: 'build', run: build.run, title: 'build command' }]),
  ];
  const gates: GateRun[] = [];
  for (const { name, run, title } of commands) {
    job.progress(`${title}: begun`);
    const ended = await runCommand({
      run,
      cwd: checkout,
      variables: commandVariables(job, committedAt),
      timeout: build.timeout,
      log: join(job.logs, `${gates.length + 1}-${name.replace(/[^\w-]+/g, '-')}.log`),
      line: job.progress,
      signal: job.signal,
    });
    const verdict = judgeEnding(ended, build.timeout);
    gates.push({ name, verdict, log: ended.tail });
    job.progress(`${title}: ${verdict.reason}`);
    if (verdict.kind !== 'pass') return { gates, problem: `${title}: ${verdict.reason}` };
  }
  return { gates };
}

/** Language, time zone and the clock of reproducible builds are fixed, so that two machines make the same bytes. */
function commandVariables({ revision, variables }: Job, committedAt: number): Record<string, string> {
  return {
    PATH: variables['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    ...(variables['HOME'] !== undefined && { HOME: variables['HOME'] }),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CI: 'true',
    SLIPWAY_VERSION: revision.version,
    SLIPWAY_COMMIT: revision.commit,
    SOURCE_DATE_EPOCH: String(committedAt),
  };
}

/** Both become parts of paths. */
function checkRevision({ commit, version }: Revision): void {
  if (!/^[0-9a-f]{40}$/.test(commit))
    throw new Refused('invalid', `"${commit}" is not a full commit: wanted 40 hexadecimal digits`);
  if (checkVersion(version) !== version)
    throw new Refused('invalid', `version "${version}" is not as it is kept: wanted ${checkVersion(version)}`);
}
