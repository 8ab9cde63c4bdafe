import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import { dataEntry } from '../../src/domain/decisions/records/data.js';
import type { DeployLog } from '../../src/domain/decisions/records/deploy-log.js';
import type { DataRecord, Migration } from '../../src/domain/migration.js';
import { aMigration } from '../support/migrations.js';
import { aClosedRelease, aGoodCanary, aMigratingCanary, begun } from './stories.js';

async function recordsOf(kind: 'adopted' | 'rolled-back'): Promise<(path: string) => string> {
  const records = createMemoryRecords();
  await records.write({ kind: 'rollout-ended', eventId: 'rollout', rollout: aMigratingCanary(kind) });
  await records.write({ kind: 'release-closed', eventId: 'close', release: aClosedRelease() });
  return (path) => [...records.files].find(([name]) => name.includes(path))?.[1] ?? `no ${path}`;
}

const page = `| version | class | does | script | way back | impact |
| --- | --- | --- | --- | --- | --- |
| 1.1.0 | scripted | migrate | db/0003.sql | db/0003-back.sql | Impact of 0003. |

Backup backups/production/shop/0123456789abcdef.dump of 2026-11-24 03:00:00 UTC, 4096 bytes, sha256:${'d'.repeat(64)}: dumped in 800 ms, restored and compared in 1.2 s; rehearsed on the copy: migration 90 ms, revert 40 ms.

| table | rows | checksum, equal after the restore |
| --- | --- | --- |
| public.customers | 7 | ${'c'.repeat(32)} |
| public.orders | 93 | ${'e'.repeat(32)} |

A rollback: A rollback of 1.1.0 ends with db/0003-back.sql.

What came of it: db/0003.sql was applied at 2026-11-24 03:00:10 UTC, and db/0003-back.sql took it back at 2026-11-24 03:05:00 UTC.

Written since the backup: public.orders 93 → 95 rows; 1 table as it was.`;

describe('what the records say about data', () => {
  it('the deploy log holds class, proof, what a rollback would do, and what came of it', async () => {
    const find = await recordsOf('adopted');
    const { data } = JSON.parse(find('deploy_')) as DeployLog;
    assert.deepEqual(data?.migrations, [
      {
        version: '1.1.0',
        class: 'scripted',
        migrate: 'db/0003.sql',
        revert: 'db/0003-back.sql',
        impact: 'Impact of 0003.',
        direction: 'migrate',
      },
    ]);
    assert.equal(data.backup?.tables[1]?.rows, 93);
    assert.equal(data.rollback_impact, 'A rollback of 1.1.0 ends with db/0003-back.sql.');
    assert.equal(data.came_of_it, 'db/0003.sql was applied at 2026-11-24 03:00:10 UTC');
  });

  it('the planned entry says what the commit declares to do to it', async () => {
    const records = createMemoryRecords();
    const request = { ...aClosedRelease().order, migration: aMigration('compatible', '0003') };
    await records.openChange({ eventId: 'open', request });
    assert.match(
      records.files.get('docs/change-log.md') ?? '',
      /planned shop 1\.1\.0 for .*, migrating the data \(compatible, db\/0003\.sql: Impact of 0003\.\) — /,
    );
  });

  it('the Change Log says so in one line', async () => {
    const adopted = (await recordsOf('adopted'))('change-log');
    assert.ok(
      adopted.includes(
        'Data: migrate db/0003.sql of 1.1.0 (scripted); backup sha256:dddddddddddd of 2 tables and 100 rows restored and compared; db/0003.sql was applied at 2026-11-24 03:00:10 UTC. A rollback of 1.1.0 ends with db/0003-back.sql. |',
      ),
      adopted,
    );
    const back = (await recordsOf('rolled-back'))('change-log');
    assert.match(back, /and db\/0003-back\.sql took it back at 2026-11-24 03:05:00 UTC\. \|/);
  });

  it('transcript and incident tell it table by table', async () => {
    const find = await recordsOf('rolled-back');
    assert.ok(find('incident.md').includes(`## Data\n\n${page}\n\n## Verification`), find('incident.md'));
    assert.ok(find('transcript.md').includes(`### Data\n\n${page}\n\n## Outcome`), find('transcript.md'));
  });

  it('of a rollout without a migration nothing', () => {
    const { plan, outcome } = aGoodCanary();
    assert.equal(dataEntry(plan, outcome), undefined);
  });
});

describe('what came of the data', () => {
  const applied: DataRecord = { migrated: { kind: 'applied', at: begun, tookMs: 1 } };
  const refused: DataRecord = { migrated: { kind: 'refused', reason: 'db/0003.sql:2: no' } };
  const table: readonly (readonly [Migration['class'], 'adopted' | 'rolled-back', DataRecord, string])[] = [
    ['scripted', 'rolled-back', {}, 'db/0003.sql was not applied: the data is as it was'],
    ['scripted', 'rolled-back', refused, 'db/0003.sql was not applied, and the data is as it was: db/0003.sql:2: no'],
    ['compatible', 'adopted', applied, 'db/0003.sql was applied at 2026-11-24 03:00:00 UTC'],
    [
      'compatible',
      'rolled-back',
      applied,
      'db/0003.sql was applied at 2026-11-24 03:00:00 UTC and stays: 1.0.0 works on it too',
    ],
    [
      'irreversible',
      'rolled-back',
      applied,
      'db/0003.sql was applied at 2026-11-24 03:00:00 UTC and was not taken back',
    ],
  ];
  for (const [of, kind, data, wanted] of table)
    it(`${of}, ${kind}: ${wanted}`, () => {
      const { plan, outcome } = aMigratingCanary(kind);
      const take = { kind: 'migrate', migration: aMigration(of, '0003'), of: plan.to } as const;
      const told = dataEntry({ ...plan, steps: [{ id: '02-migrate', take }] }, { ...outcome, data });
      assert.equal(told?.came_of_it, wanted);
    });

  it('of a migration that was abandoned half-way: nobody knows, unless its way back was taken', () => {
    const { plan, outcome } = aMigratingCanary('rolled-back');
    const told = (of: Migration['class']) => {
      const take = { kind: 'migrate', migration: aMigration(of, '0003'), of: plan.to } as const;
      const steps = [{ id: '02-migrate', step: take, direction: 'forth', begunAt: begun } as const];
      return dataEntry({ ...plan, steps: [{ id: '02-migrate', take }] }, { ...outcome, steps, data: {} })?.came_of_it;
    };
    assert.equal(told('compatible'), 'db/0003.sql was begun and may have been applied');
    assert.equal(told('scripted'), 'db/0003.sql was not applied: the data is as it was');
  });

  it('of going back over a script: taken back, or applied again', () => {
    const { plan, outcome } = aMigratingCanary('adopted');
    const take = { kind: 'revert', migration: aMigration('scripted', '0003'), of: plan.to } as const;
    const back = { ...plan, steps: [{ id: '04-revert', take }] };
    const told = (kind: 'adopted' | 'rolled-back', data: DataRecord) =>
      dataEntry(back, { ...outcome, kind, data })?.came_of_it;
    assert.equal(told('adopted', { revertedAt: begun }), 'taken back at 2026-11-24 03:00:00 UTC');
    assert.equal(told('rolled-back', { revertedAt: begun }), 'taken back at 2026-11-24 03:00:00 UTC and applied again');
    assert.equal(told('rolled-back', {}), 'nothing was taken back');
  });
});
