import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataImpact } from '../../src/domain/decisions/data-impact.js';
import { type DataFacts, planData } from '../../src/domain/decisions/plan-data.js';
import { planFor } from '../../src/domain/decisions/plan-for.js';
import { hours } from '../../src/domain/duration.js';
import type { AppliedMigration, Migration } from '../../src/domain/migration.js';
import { type PlannedStep, type Step, type StepRecord, whyNoWayBack } from '../../src/domain/rollout.js';
import { aMigration, ofVersion } from '../support/migrations.js';
import { aBlueGreen, aCanary, anArtifact, aRolling, aStage, tuesday } from '../support/orders.js';

const applied = (version: string, migration: Migration, at = '2026-11-20T09:00:00.000Z'): AppliedMigration => ({
  migration,
  of: ofVersion(version),
  at,
});

const expand = applied('1.1.0', aMigration('compatible', '0002', { kind: 'expand' }), '2026-11-23T12:00:00.000Z');
const scripted = applied('2.0.0', aMigration('scripted', '0003'));
const later = applied('2.2.0', aMigration('scripted', '0005'));
const final = applied('3.0.0', aMigration('irreversible', '0006'));

/** Versions of this table are compared by their first two numbers. */
const facts = (version: string, more: Partial<DataFacts> = {}): DataFacts => ({
  of: ofVersion(version),
  applied: [],
  isLater: (other) => Number(other.slice(0, 3)) > Number(version.slice(0, 3)),
  now: tuesday,
  aftercare: hours(24),
  ...more,
});

describe('what a rollout does to data', () => {
  const contract = aMigration('irreversible', '0007', { kind: 'contract', expands: '1.1.0' });
  const table: readonly { readonly says: string; readonly of: DataFacts; readonly wanted: string | RegExp }[] = [
    { says: 'no declaration, nothing', of: facts('1.0.0'), wanted: 'nothing' },
    {
      says: 'what is declared is applied',
      of: facts('2.0.0', { declared: scripted.migration }),
      wanted: 'migrate 0003',
    },
    {
      says: 'what an earlier version has applied is not applied again',
      of: facts('2.1.0', { declared: scripted.migration, applied: [scripted] }),
      wanted: 'nothing',
    },
    {
      says: 'an older version takes later scripts back, the last one first',
      of: facts('1.9.0', { applied: [expand, scripted, later] }),
      wanted: 'revert 0005, 0003',
    },
    {
      says: 'what is compatible stays, whichever version comes',
      of: facts('1.0.0', { applied: [expand] }),
      wanted: 'nothing',
    },
    {
      says: 'behind an irreversible one there is no way back',
      of: facts('2.0.0', { applied: [scripted, final] }),
      wanted:
        /^no-way-back: 2\.0\.0 cannot come back: db\/0006\.sql of 3\.0\.0, .* is irreversible\. Release a fix forward$/,
    },
    {
      says: 'a fix forward goes on from it',
      of: facts('3.1.0', { applied: [final], declared: aMigration('compatible', '0008') }),
      wanted: 'migrate 0008',
    },
    {
      says: 'the contract half waits for the expand half to be released',
      of: facts('4.0.0', { declared: contract, applied: [scripted] }),
      wanted: /^too-early: .* expand half of 1\.1\.0 is not applied here: release it first$/,
    },
    {
      says: 'the contract half waits for the aftercare of the expand half',
      of: facts('4.0.0', { declared: contract, applied: [expand] }),
      wanted:
        /^too-early: .* 1\.1\.0 is watched until 2026-11-24T12:00:00\.000Z \(24 h of aftercare\): ask again then$/,
    },
    {
      says: 'after the aftercare it is applied',
      of: facts('4.0.0', { declared: contract, applied: [expand], now: '2026-11-24T12:00:00.000Z' }),
      wanted: 'migrate 0007',
    },
    {
      says: 'where nobody watches it is applied at once',
      of: facts('4.0.0', { declared: contract, applied: [expand], aftercare: 0 }),
      wanted: 'migrate 0007',
    },
  ];
  for (const { says, of, wanted } of table)
    it(says, () => {
      const told = tell(planData(of));
      if (typeof wanted === 'string') assert.equal(told, wanted);
      else assert.match(told, wanted);
    });
});

describe('what an approver reads about data', () => {
  const impactOf = (migration: Migration) =>
    dataImpact({ kind: 'migrate', change: { migration, of: ofVersion('2.0.0') } }, { from: '1.0.0', to: '2.0.0' });

  it('compatible: it stays', () => {
    const wanted =
      'A rollback of 2.0.0 leaves the data as it is: 1.0.0 works on it too, and everything written since the backup stays. Impact of 0002.';
    assert.equal(impactOf(expand.migration), wanted);
  });

  it('compatible, and nothing ran before: it stays', () => {
    const change = { migration: expand.migration, of: ofVersion('1.0.0') };
    const wanted =
      'A rollback of 1.0.0 leaves the data as it is: everything written since the backup stays. Impact of 0002.';
    assert.equal(dataImpact({ kind: 'migrate', change }, { to: '1.0.0' }), wanted);
  });

  it('scripted: the revert script decides what of the later writes stays', () => {
    const wanted =
      "A rollback of 2.0.0 ends with db/0003-back.sql, rehearsed on a restored copy before db/0003.sql runs. What is written after the backup is in that script's hands: what it drops is lost. Until it has run, 1.0.0 may not work fully. Impact of 0003.";
    assert.equal(impactOf(scripted.migration), wanted);
  });

  it('irreversible: there is no rollback', () => {
    const wanted =
      'Once db/0006.sql has run, 2.0.0 cannot be rolled back: 1.0.0 cannot work on the data, and the release holds for a fix forward. Restoring the backup is for people to decide: it loses everything written since. Impact of 0006.';
    assert.equal(impactOf(final.migration), wanted);
  });

  it('of going back over scripts: what only the later version knows is lost', () => {
    const data = planData(facts('1.9.0', { applied: [scripted, later] }));
    const wanted =
      'Going to 1.9.0 takes back db/0005.sql of 2.2.0, db/0003.sql of 2.0.0, once 1.9.0 has the traffic: what only the later version knows is lost, and the backup holds it as it is now. Going back from there applies it again.';
    assert.equal(dataImpact(data, { from: '2.2.0', to: '1.9.0' }), wanted);
  });

  it('nothing, where no data is touched', () => {
    assert.equal(dataImpact({ kind: 'nothing' }, { to: '2.0.0' }), undefined);
  });
});

describe('a plan with a migration', () => {
  const plan = (more: Partial<Parameters<typeof planFor>[0]> = {}) =>
    planFor({
      kind: 'release',
      stage: aStage({ strategy: aBlueGreen() }),
      artifact: anArtifact('2.0.0'),
      world: { generation: 4, stable: anArtifact('1.0.0') },
      data: { kind: 'migrate', change: scripted },
      ...more,
    });

  it('backs up and migrates before the new version comes up, whatever the strategy', () => {
    for (const strategy of [aBlueGreen(), aCanary(), aRolling({ batches: 2 })])
      assert.match(forth(plan({ stage: aStage({ strategy }) }).steps), /^backup · migrate · (start|replace) · /);
    assert.match(forth(plan({ world: { generation: 0 } }).steps), /^backup · migrate · start · /);
  });

  it('comes back to the data last', () => {
    assert.equal(back(plan().steps), 'shift · stop · revert');
  });

  it('leaves the data of a compatible migration, and has no way back for an irreversible one', () => {
    for (const one of [expand, final])
      assert.equal(back(plan({ data: { kind: 'migrate', change: one } }).steps), 'shift · stop');
  });

  it('says what a rollback would do to data', () => {
    assert.match(plan().dataImpact ?? '', /^A rollback of 2\.0\.0 ends with db\/0003-back\.sql/);
    assert.equal(plan({ data: { kind: 'nothing' } }).dataImpact, undefined);
  });

  it('of an older version moves traffic first, data last, verifies on it, and can go forth again', () => {
    const data = planData(facts('1.0.0', { applied: [scripted, later] }));
    const { steps, strategy } = plan({ data, stage: aStage() });
    assert.equal(strategy, 'recovery');
    assert.equal(forth(steps), 'backup · start · shift · revert · revert · verify · adopt');
    assert.equal(back(steps), 'migrate · migrate · shift · stop');
  });

  it('of a recovery brings no migration of its own', () => {
    assert.equal(forth(plan({ kind: 'recovery' }).steps), 'start · verify · shift · adopt');
  });
});

describe('the point of no return', () => {
  const begun = (migration: Migration): readonly StepRecord[] => [
    { id: '01-backup', step: { kind: 'backup' }, direction: 'forth', begunAt: tuesday },
    {
      id: '02-migrate',
      step: { kind: 'migrate', migration, of: ofVersion('3.0.0') },
      direction: 'forth',
      begunAt: tuesday,
    },
  ];
  const ran = { kind: 'applied', at: tuesday, tookMs: 1 } as const;

  it('is an irreversible migration that has run, or may have', () => {
    const told = (data?: Parameters<typeof whyNoWayBack>[1]) => whyNoWayBack(begun(final.migration), data) ?? '';
    assert.match(
      told({ migrated: ran }),
      /^db\/0006\.sql of 3\.0\.0 is irreversible and has run: .* Release a fix forward$/,
    );
    assert.match(told(), /is irreversible and may have run/);
  });

  it('is not reached before it, nor when it was refused, nor by any other class', () => {
    assert.equal(whyNoWayBack(begun(final.migration).slice(0, 1), undefined), undefined);
    assert.equal(whyNoWayBack(begun(final.migration), { migrated: { kind: 'refused', reason: 'no' } }), undefined);
    for (const { migration } of [expand, scripted])
      assert.equal(whyNoWayBack(begun(migration), { migrated: ran }), undefined);
  });
});

function tell(plan: ReturnType<typeof planData>): string {
  const name = ({ migration }: { readonly migration: Migration }) => migration.migrate.path.slice(3, 7);
  if (plan.kind === 'migrate') return `migrate ${name(plan.change)}`;
  if (plan.kind === 'revert') return `revert ${plan.reversals.map(name).join(', ')}`;
  return plan.kind === 'refused' ? `${plan.code}: ${plan.reason}` : plan.kind;
}

const words = (steps: readonly (Step | undefined)[]): string => steps.flatMap((step) => step?.kind ?? []).join(' · ');
const forth = (steps: readonly PlannedStep[]): string => words(steps.map(({ take }) => take));
const back = (steps: readonly PlannedStep[]): string =>
  words(steps.toReversed().map((step) => step.back)).replace(/(shift · )+/, 'shift · ');
