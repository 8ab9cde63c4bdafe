import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as tar from 'tar';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import { createBuilder } from '../../src/adapters/build/builder.js';
import { createSources } from '../../src/adapters/build/sources.js';
import type { provenance } from '../../src/adapters/build/provenance.js';
import type { BuildConfig } from '../../src/config/config.js';
import { Refused } from '../../src/domain/failure.js';
import type { BuildOutcome } from '../../src/domain/release.js';
import { aConfig, aRepository, temporaryDirectory, type Repository } from './repository.js';

const repository = aRepository();
const commit = repository.commit({ 'server.mjs': 'listen()\n', 'lib/orders.mjs': 'orders\n', 'README.md': 'shop\n' });

function aWorkshop(build: Partial<BuildConfig> = {}, from: Repository = repository) {
  const directory = temporaryDirectory();
  const artifacts = createArtifacts({ directory: join(directory, 'artifacts') });
  const config = aConfig({ repository: from.path, build });
  const builder = createBuilder({ config, artifacts, directory: join(directory, 'builds'), variables: process.env });
  return { builder, artifacts, directory, config };
}

const ask = { service: 'shop', commit, version: '1.0.0' };

function builtArtifact(outcome: BuildOutcome) {
  assert(outcome.kind === 'built', JSON.stringify(outcome));
  return outcome.artifact;
}

function refusal(outcome: BuildOutcome): string {
  assert(outcome.kind === 'refused', JSON.stringify(outcome));
  return outcome.reason;
}

async function entriesOf(archive: string): Promise<readonly tar.ReadEntry[]> {
  const entries: tar.ReadEntry[] = [];
  await tar.list({ file: archive, onReadEntry: (entry) => entries.push(entry) });
  return entries;
}

describe('the same input has the same digest', () => {
  const build = { run: 'mkdir dist && cp -R lib server.mjs dist && chmod +x dist/server.mjs', output: 'dist' };

  it('whatever the directory, the umask, the time zone, the language and the time of the build', async () => {
    const here = builtArtifact(await aWorkshop(build).builder.build(ask));
    const former = process.umask(0o077);
    try {
      const variables = { ...process.env, TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
      const { directory, config, artifacts } = aWorkshop(build);
      const now = (): string => '2031-01-01T00:00:00.000Z';
      const elsewhere = createBuilder({ config, artifacts, directory, variables, now });
      const there = builtArtifact(await elsewhere.build(ask));
      assert.equal(there.digest, here.digest);
      assert.notEqual(there.builtAt, here.builtAt);
    } finally {
      process.umask(former);
    }
  });

  it('the archive is sorted, owned by nobody, dated by the commit, with plain modes and no clock in its header', async () => {
    const { builder, artifacts } = aWorkshop(build);
    const archive = await artifacts.fetch(builtArtifact(await builder.build(ask)).digest);
    const entries = await entriesOf(archive);
    assert.deepEqual(
      entries.map((entry) => `${entry.path} ${(entry.mode ?? 0).toString(8)} ${entry.uid ?? 0} ${entry.gid ?? 0}`),
      ['lib/ 755 0 0', 'lib/orders.mjs 644 0 0', 'server.mjs 755 0 0'],
    );
    const committed = Number(repository.git('show', '--no-patch', '--format=%ct', commit));
    const dated = entries.filter((entry) => entry.type === 'File').map((entry) => entry.mtime?.getTime());
    assert.deepEqual(dated, [committed * 1_000, committed * 1_000]);
    assert.equal(readFileSync(archive).readUInt32LE(4), 0);
  });

  it('two versions of one commit may share an archive and are still two artifacts', async () => {
    const { builder, artifacts } = aWorkshop(build);
    const one = builtArtifact(await builder.build(ask));
    const two = builtArtifact(await builder.build({ ...ask, version: '1.0.1' }));
    assert.equal(two.digest, one.digest);
    assert.equal(two.version, '1.0.1');
    assert.equal((await artifacts.find(ask))?.version, '1.0.0');
  });
});

describe('quality gates', () => {
  const gates = [
    { name: 'lint', run: 'echo looks fine' },
    { name: 'unit tests', run: 'echo "expected 3, met 4" >&2; exit 1' },
    { name: 'never run', run: 'exit 9' },
  ];

  it('the first gate that fails refuses the build, and its last words are kept', async () => {
    const outcome = await aWorkshop({ gates }).builder.build(ask);
    assert.equal(refusal(outcome), 'quality gate "unit tests": exit code 1, wanted 0');
    assert.deepEqual(
      outcome.gates.map((gate) => [gate.name, gate.verdict.kind, gate.log]),
      [
        ['lint', 'pass', 'looks fine\n'],
        ['unit tests', 'fail', 'expected 3, met 4\n'],
      ],
    );
  });

  it('a build command that fails is refused in the same way', async () => {
    const outcome = await aWorkshop({ run: 'exit 3' }).builder.build(ask);
    assert.equal(refusal(outcome), 'build command: exit code 3, wanted 0');
  });

  it('only the last 8 KB of a log cross history; the whole log stays on disk', async () => {
    const { builder, directory } = aWorkshop({ gates: [{ name: 'chatty', run: 'seq 1 20000; exit 1' }] });
    const { gates: runs } = await builder.build(ask);
    const log = runs[0]?.log ?? '';
    assert(Buffer.byteLength(log) <= 8_192);
    assert.match(log, /19999\n20000\n$/);
    const logs = join(directory, 'builds', 'logs', `shop-1.0.0-${commit.slice(0, 12)}`);
    assert.match(readFileSync(join(logs, '1-chatty.log'), 'utf8'), /^1\n2\n3\n/);
  });

  it('progress is told line by line', async () => {
    const lines: string[] = [];
    await aWorkshop({ gates: [{ name: 'lint', run: 'echo one; echo two' }] }).builder.build(ask, {
      progress: (line) => lines.push(line),
    });
    assert.deepEqual(lines.slice(0, 3), ['quality gate "lint": begun', 'one', 'two']);
  });

  it('a command sees what it is built from, and nothing of this process', async () => {
    const { directory, config, artifacts } = aWorkshop({
      gates: [{ name: 'env', run: 'env | sort; git log -1 --format=%H; exit 1' }],
    });
    const variables = { ...process.env, SLIPWAY_TOKEN: 'secret', GIT_DIR: '/nowhere' };
    const outcome = await createBuilder({ config, artifacts, directory, variables }).build(ask);
    const log = outcome.gates[0]?.log ?? '';
    for (const line of ['CI=true', 'SLIPWAY_VERSION=1.0.0', `SLIPWAY_COMMIT=${commit}`, 'TZ=UTC'])
      assert(log.includes(line), log);
    assert.match(log, /SOURCE_DATE_EPOCH=\d+/);
    assert(log.includes(`\n${commit}\n`), 'the checkout is a repository at the commit');
    assert.doesNotMatch(log, /secret|GIT_DIR/);
  });

  it('a gate that is late is killed with everything it started', async () => {
    const directory = temporaryDirectory();
    const pidFile = join(directory, 'pid');
    const run = `sleep 300 & echo $! > ${pidFile}; wait`;
    const outcome = await aWorkshop({ gates: [{ name: 'slow', run }], timeout: 300 }).builder.build(ask);
    assert.equal(refusal(outcome), 'quality gate "slow": still running after 300 ms, wanted exit code 0');
    await isGone(Number(readFileSync(pidFile, 'utf8')));
  });

  it('what a gate leaves running does not outlive it', async () => {
    const pidFile = join(temporaryDirectory(), 'pid');
    const run = `sleep 300 & echo $! > ${pidFile}`;
    builtArtifact(await aWorkshop({ gates: [{ name: 'daemon', run }] }).builder.build(ask));
    await isGone(Number(readFileSync(pidFile, 'utf8')));
  });

  it('an aborted build is killed with everything it started, and leaves no checkout', async () => {
    const pidFile = join(temporaryDirectory(), 'pid');
    const run = `sleep 300 & echo $! > ${pidFile}; echo started; wait`;
    const { builder, directory } = aWorkshop({ gates: [{ name: 'slow', run }] });
    const cancelled = new AbortController();
    const reason = new Error('withdrawn');
    const build = builder.build(ask, {
      signal: cancelled.signal,
      progress: (line) => {
        if (line === 'started') cancelled.abort(reason);
      },
    });
    await assert.rejects(build, reason);
    await isGone(Number(readFileSync(pidFile, 'utf8')));
    assert.deepEqual(readdirSync(join(directory, 'builds', 'checkouts')), []);
  });
});

describe('what can be packed', () => {
  const refusals: readonly (readonly [string, Partial<BuildConfig>, RegExp])[] = [
    ['an output that was not made', { output: 'dist' }, /output "dist" is not a folder inside the checkout/],
    ['an output that is a file', { output: 'README.md' }, /is not a folder/],
    ['an output outside the checkout', { output: '../..' }, /is not a folder inside the checkout/],
    ['an output that is a link to elsewhere', { run: 'ln -s /etc dist', output: 'dist' }, /not a folder inside/],
    ['an empty output', { run: 'mkdir -p dist/lib', output: 'dist' }, /output "dist" is empty/],
    ['an absolute link', { run: 'ln -s /etc/passwd lib/users' }, /link lib\/users leaves the package: .*\/etc\/passwd/],
    ['a link that climbs out', { run: 'ln -s ../../x lib/x' }, /link lib\/x leaves the package/],
    ['a link that climbs out through another', { run: 'ln -s . here && ln -s lib/up/../.. out' }, /link out leaves/],
    ['a pipe', { run: 'mkfifo lib/pipe' }, /lib\/pipe is neither a file, a folder nor a link/],
  ];
  for (const [what, build, reason] of refusals)
    it(`${what} is refused`, async () => {
      assert.match(refusal(await aWorkshop(build).builder.build(ask)), reason);
    });

  it('links inside, hard links and odd names are kept, and the repository itself is not', async () => {
    const run = 'ln -s ../server.mjs lib/front && ln README.md lib/read && mkdir @scope && echo x > "@scope/ü -n"';
    const { builder, artifacts, directory } = aWorkshop({ run });
    const archive = await artifacts.fetch(builtArtifact(await builder.build(ask)).digest);
    const entries = (await entriesOf(archive)).map((entry) => `${entry.type} ${entry.path}`);
    assert.deepEqual(entries, [
      'Directory @scope/',
      'File @scope/ü -n',
      'File README.md',
      'Directory lib/',
      'SymbolicLink lib/front',
      'File lib/orders.mjs',
      'File lib/read',
      'File server.mjs',
    ]);
    await tar.extract({ file: archive, cwd: directory });
    assert.equal(readFileSync(join(directory, 'lib/front'), 'utf8'), 'listen()\n');
  });
});

describe('a build is made once', () => {
  const counted = (counter: string): Partial<BuildConfig> => ({
    gates: [{ name: 'count', run: `echo ran >> ${counter}; echo counted` }],
  });

  it('an artifact that exists is answered with its first build time and the gates it passed', async () => {
    const counter = join(temporaryDirectory(), 'runs');
    const { builder } = aWorkshop(counted(counter));
    const first = await builder.build(ask);
    assert.deepEqual(await builder.build(ask), first);
    assert.equal(readFileSync(counter, 'utf8'), 'ran\n');
    assert.match(builtArtifact(first).tag, /^1\.0\.0\+[0-9a-f]{12}\.\d{8}T\d{6}Z$/);
  });

  it('two who ask at once get the same artifact of one build', async () => {
    const counter = join(temporaryDirectory(), 'runs');
    const { builder, directory, config, artifacts } = aWorkshop(counted(counter));
    const second = createBuilder({ config, artifacts, directory: join(directory, 'builds'), variables: process.env });
    const [one, other] = await Promise.all([builder.build(ask), second.build(ask)]);
    assert.deepEqual(one, other);
    assert.equal(readFileSync(counter, 'utf8'), 'ran\n');
  });

  it('a build that died in the middle is begun again in a clean checkout', async () => {
    const { builder, directory } = aWorkshop({ run: 'test ! -e left-over' });
    const room = join(directory, 'builds', 'checkouts', `shop-1.0.0-${commit.slice(0, 12)}`);
    repository.git('clone', '--quiet', repository.path, join(room, 'checkout'));
    repository.git('config', '--file', join(room, 'checkout', 'left-over'), 'a.b', 'c');
    builtArtifact(await builder.build(ask));
    assert.equal(existsSync(room), false);
  });

  it('fault 45: a tag that is moved after the release was asked for changes nothing of it; what it names then is another digest', async () => {
    const own = aRepository();
    const asked = own.commit({ 'server.mjs': 'listen()\n' });
    own.git('tag', 'v1.0.0');
    const { builder, artifacts, directory, config } = aWorkshop({}, own);
    const sources = createSources({ config, directory: join(directory, 'builds'), variables: process.env });
    const ordered = { service: 'shop', ...(await sources.resolve({ service: 'shop', ref: 'v1.0.0' })) };
    assert.equal(ordered.commit, asked);
    const approved = builtArtifact(await builder.build(ordered));
    const moved = own.commit({ 'server.mjs': 'steal()\n' });
    own.git('tag', '--force', 'v1.0.0');
    assert.equal(builtArtifact(await builder.build(ordered)).digest, approved.digest);
    const other = builtArtifact(await builder.build({ ...ordered, commit: moved }));
    assert.notEqual(other.digest, approved.digest);
    await artifacts.admit(approved);
    await assert.rejects(artifacts.admit({ ...approved, digest: other.digest }), /was kept with another digest/);
  });

  it('the provenance names the commit, the commands, the builder and the digest', async () => {
    const { builder, artifacts } = aWorkshop({ gates: [{ name: 'lint', run: 'true' }] });
    const artifact = builtArtifact(await builder.build(ask));
    const archive = readFileSync(await artifacts.fetch(artifact.digest));
    const statement = (await artifacts.provenance(artifact)) as ReturnType<typeof provenance>;
    assert.equal(statement._type, 'https://in-toto.io/Statement/v1');
    assert.equal(statement.subject[0]?.digest.sha256, createHash('sha256').update(archive).digest('hex'));
    assert.equal(statement.predicateType, 'https://slsa.dev/provenance/v1');
    const { buildDefinition, runDetails } = statement.predicate;
    assert.deepEqual(buildDefinition.externalParameters, { ...ask, repository: repository.path });
    assert.deepEqual(buildDefinition.resolvedDependencies[0]?.digest, { gitCommit: commit });
    assert.equal(buildDefinition.internalParameters.gates[0]?.verdict.kind, 'pass');
    assert(runDetails.metadata.startedOn <= runDetails.metadata.finishedOn);
  });
});

describe('the checkout is the commit and nothing else', () => {
  it('hooks, local changes and configuration of the repository have no part in it', async () => {
    const own = aRepository();
    const wanted = own.commit({ 'a.txt': 'committed\n' });
    own.git('config', 'core.autocrlf', 'true');
    own.git('config', '--file', join(own.path, 'a.txt'), 'changed.since', 'yes');
    const { builder, artifacts } = aWorkshop(
      {
        gates: [
          {
            name: 'same',
            run: 'test "$(cat a.txt)" = committed && git status --porcelain && test -z "$(ls .git/hooks 2>/dev/null)"',
          },
        ],
      },
      own,
    );
    const artifact = builtArtifact(await builder.build({ ...ask, commit: wanted }));
    assert.deepEqual(
      (await entriesOf(await artifacts.fetch(artifact.digest))).map((entry) => entry.path),
      ['a.txt'],
    );
    assert.equal(own.git('worktree', 'list').split('\n').length, 1);
  });

  it('an unknown commit is refused for good', async () => {
    const unknown = aWorkshop().builder.build({ ...ask, commit: 'f'.repeat(40) });
    await assert.rejects(unknown, (fault) => fault instanceof Refused && fault.code === 'not-found');
    const odd = aWorkshop().builder.build({ ...ask, commit: '../../etc' });
    await assert.rejects(odd, (fault) => fault instanceof Refused && fault.code === 'invalid');
  });
});

/** Waits until a process has gone, as a kill is not heard at once. */
async function isGone(pid: number): Promise<void> {
  for (;;) {
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] : 'gone';
    if (state === 'gone' || state === 'Z') return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
