import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import { createBuilder } from '../../src/adapters/build/builder.js';
import { createSources } from '../../src/adapters/build/sources.js';
import { createMemoryBuilder, createMemorySources } from '../../src/adapters/memory/builder.js';
import { artifactTag } from '../../src/domain/artifact.js';
import { Refused } from '../../src/domain/failure.js';
import type { Builder, Sources } from '../../src/ports/builder.js';
import { aConfig, aRepository, temporaryDirectory } from '../build/repository.js';

/** Two commits of a shop: the gate "unit tests" passes on the first and fails on the second. */
const repository = aRepository();
const good = { service: 'shop', version: '1.0.0', commit: repository.commit({ 'server.mjs': 'serve()\n' }) };
repository.git('tag', 'v1.0.0');
const bad = { service: 'shop', version: '1.1.0', commit: repository.commit({ broken: 'yes\n' }) };
repository.git('tag', 'v1.1.0');

interface World {
  readonly builder: Builder;
  readonly sources: Sources;
}

/** Each answers with another time at every look at its clock. */
function aClock(): () => string {
  let at = Date.parse('2026-11-24T03:00:00Z');
  return () => new Date((at += 1_000)).toISOString();
}

const worlds: Readonly<Record<string, () => World>> = {
  'git and a shell': () => {
    const directory = temporaryDirectory();
    const artifacts = createArtifacts({ directory: join(directory, 'artifacts') });
    const gates = [{ name: 'unit tests', run: 'test ! -e broken' }];
    const config = aConfig({ repository: repository.path, build: { gates } });
    const parts = { config, directory, variables: process.env };
    return { builder: createBuilder({ ...parts, artifacts, now: aClock() }), sources: createSources(parts) };
  },
  memory: () => {
    const commits = [good, { ...bad, failingGate: 'unit tests' }];
    return { builder: createMemoryBuilder({ commits, now: aClock() }), sources: createMemorySources({ commits }) };
  },
};

for (const [world, create] of Object.entries(worlds))
  describe(`sources and builder of ${world}`, () => {
    it('a tag and a shortened commit lead to the full commit and its version', async () => {
      const { sources } = create();
      const revision = { commit: good.commit, version: good.version };
      assert.deepEqual(await sources.resolve({ service: 'shop', ref: 'v1.0.0' }), revision);
      assert.deepEqual(await sources.resolve({ service: 'shop', ref: good.commit.slice(0, 12) }), revision);
    });

    it('an unknown reference is refused as not found, and names what there is', async () => {
      const resolved = create().sources.resolve({ service: 'shop', ref: 'v7.0.0' });
      await assert.rejects(resolved, (fault) => {
        assert(fault instanceof Refused && fault.code === 'not-found');
        assert.match(fault.message, /v7\.0\.0.*v1\.0\.0/);
        return true;
      });
    });

    it('a commit that passes its gates becomes an artifact with their runs', async () => {
      const outcome = await create().builder.build(good);
      assert(outcome.kind === 'built');
      const { artifact, gates } = outcome;
      assert.match(artifact.digest, /^sha256:[0-9a-f]{64}$/);
      assert.equal(artifact.tag, artifactTag(artifact));
      assert.deepEqual({ service: artifact.service, version: artifact.version, commit: artifact.commit }, good);
      assert.deepEqual(
        gates.map((gate) => [gate.name, gate.verdict.kind]),
        [
          ['unit tests', 'pass'],
          ['secrets scan', 'pass'],
        ],
      );
    });

    it('what was built already is answered with its first build time', async () => {
      const { builder } = create();
      const first = await builder.build(good);
      assert.deepEqual(await builder.build(good), first);
    });

    it('a failed gate is an outcome that names the gate, not a fault', async () => {
      const outcome = await create().builder.build(bad);
      assert(outcome.kind === 'refused');
      assert.equal(outcome.reason, 'quality gate "unit tests": exit code 1, wanted 0');
      assert.equal(outcome.gates.at(-1)?.verdict.kind, 'fail');
    });

    it('progress names the gates', async () => {
      const lines: string[] = [];
      await create().builder.build(good, { progress: (line) => lines.push(line) });
      assert(lines.some((line) => line.includes('quality gate "unit tests"')));
    });

    it('an aborted build ends with the reason it was aborted for', async () => {
      const reason = new Error('withdrawn');
      await assert.rejects(create().builder.build(good, { signal: AbortSignal.abort(reason) }), reason);
    });

    it('an unknown commit or service is refused as not found', async () => {
      const { builder } = create();
      for (const ask of [
        { ...good, commit: 'f'.repeat(40) },
        { ...good, service: 'till' },
      ])
        await assert.rejects(builder.build(ask), (fault) => fault instanceof Refused && fault.code === 'not-found');
    });
  });
