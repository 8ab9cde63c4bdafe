import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createEnvironmentActivities } from '../../activities/environment.js';
import { createMemoryGates } from '../../src/adapters/memory/gates.js';
import { createMemoryLoad } from '../../src/adapters/memory/load.js';
import { createMemoryCalendars } from '../../src/adapters/memory/calendars.js';
import { createMemoryDatabase } from '../../src/adapters/memory/database.js';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemoryMetrics } from '../../src/adapters/memory/metrics.js';
import { createMemorySmoke } from '../../src/adapters/memory/smoke.js';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.js';
import { createMemoryTraffic } from '../../src/adapters/memory/traffic.js';
import { createMemoryWorld } from '../../src/adapters/memory/world.js';
import type { Migration } from '../../src/domain/migration.js';
import { aMigration } from '../support/migrations.js';
import { anArtifact, aStage } from '../support/orders.js';

const migrations: Readonly<Record<string, Migration>> = {
  '2.0.0': aMigration('scripted', '0003'),
  '3.0.0': aMigration('irreversible', '0006'),
};
const place = { service: 'shop', environment: 'production' };

/** The activities of an environment in memory, whose artifacts declare what the table says. */
function anEnvironment() {
  const world = createMemoryWorld();
  const digests = new Map(Object.entries(migrations).map(([version, one]) => [anArtifact(version).digest, one]));
  const database = createMemoryDatabase({
    packages: (digest) => {
      const migration = digests.get(digest);
      const scripts = ['0003', '0003-back', '0006'].map((name) => [`db/${name}.sql`, (tables: object) => tables]);
      return { ...(migration && { migration }), scripts: Object.fromEntries(scripts) as Record<string, never> };
    },
  });
  const activities = createEnvironmentActivities({
    fleet: createMemoryFleet(world),
    traffic: createMemoryTraffic(world),
    metrics: createMemoryMetrics(world),
    telemetry: createMemoryTelemetry(),
    smoke: createMemorySmoke(),
    database,
    flags: createMemoryFlags({}),
    calendars: createMemoryCalendars(),
    load: createMemoryLoad(),
    gates: createMemoryGates(),
    workflows: { standing: () => Promise.resolve(undefined) },
  });
  const run = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work);
  const plan = (version: string) =>
    run(() => activities.planRollout({ kind: 'release', stage: aStage(), artifact: anArtifact(version) }));
  const migrate = async (version: string, generation: number): Promise<void> => {
    const change = { migration: migrations[version]!, of: anArtifact(version) };
    const fenced = (key: string) => ({ place, generation, key: `${generation}/${key}` });
    const steps = [{ kind: 'migrate', ...change }] as const;
    const backup = await run(() => activities.backUp({ ...fenced('backup'), steps }));
    assert.ok(backup.kind === 'proved');
    await run(() => activities.migrate({ ...fenced('migrate'), ...change, proof: backup.proof }));
  };
  return { activities, run, plan, migrate };
}

describe('planning a rollout that changes data', () => {
  it('a version that declares a migration backs up and migrates', async () => {
    const { steps, dataImpact } = await anEnvironment().plan('2.0.0');
    assert.deepEqual(
      steps.slice(0, 2).map(({ id }) => id),
      ['01-backup', '02-migrate'],
    );
    assert.match(dataImpact ?? '', /^A rollback of 2\.0\.0 ends with/);
  });

  it('one generation above whatever the database has seen', async () => {
    const { plan, migrate } = anEnvironment();
    await migrate('2.0.0', 7);
    assert.equal((await plan('2.1.0')).generation, 8);
  });

  it('what is applied is not applied again, and an older version takes it back', async () => {
    const { plan, migrate } = anEnvironment();
    await migrate('2.0.0', 1);
    assert.equal((await plan('2.0.0')).dataImpact, undefined);
    assert.ok((await plan('1.9.0')).steps.some(({ take }) => take.kind === 'revert'));
  });

  it('behind an irreversible migration no version comes back, and the reason is told', async () => {
    const { plan, migrate } = anEnvironment();
    await migrate('3.0.0', 1);
    await assert.rejects(plan('2.0.0'), { type: 'no-way-back', message: /Release a fix forward$/ });
  });
});

describe('the way back of data', () => {
  it('is a fault where the script fails, so that people are called', async () => {
    const { activities, run } = anEnvironment();
    const migration = { ...aMigration('scripted', '0003'), migrate: { path: 'db/none.sql', hash: 'sha256:none' } };
    const ask = { place, key: '2/back', generation: 2, migration, of: anArtifact('2.0.0') };
    assert.equal((await run(() => activities.revertMigration(ask))).kind, 'not-applied');
    const late = { ...ask, key: '1/back', generation: 1 };
    await assert.rejects(
      run(() => activities.revertMigration(late)),
      { type: 'superseded' },
    );
  });
});
