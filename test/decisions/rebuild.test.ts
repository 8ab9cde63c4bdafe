import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordedStory, RecoveryFacts } from '../../src/domain/decisions/recovery/facts.js';
import { rebuild } from '../../src/domain/decisions/recovery/rebuild.js';
import type { DeployLog } from '../../src/domain/decisions/records/deploy-log.js';
import { after, hours, minutes } from '../../src/domain/duration.js';
import { nothingKnown, type PlaceNow } from '../../src/domain/recovery.js';
import { anArtifact, tuesday } from '../support/orders.js';

const idOf = (n: number): string => `change-20261124-0${n}`;
const at = (n: number) => after(tuesday, minutes(n));

/** A deploy log of production, as far as it is read again. */
function aLog(n: number, version: string, more: Partial<DeployLog> = {}): DeployLog {
  const { commit, digest, tag } = anArtifact(version);
  const said = { environment: 'production', outcome: 'adopted', strategy: 'canary', service: 'shop' };
  return {
    ...said,
    version: `v${version}`,
    commit,
    digest,
    tag,
    change_id: idOf(n),
    ended_at: at(n),
    ...more,
  } as DeployLog;
}

const back = (by: string) => ({
  rollback: { demand: { by, reason: 'errors', at: tuesday, cause: 'person' }, safe_at: tuesday, time_to_safe_ms: 1 },
});

/** A change that is open in the records. */
const open = (n: number, version: string, logs: readonly DeployLog[] = []): RecordedStory => ({
  ...{ changeId: idOf(n), key: `key-${n}`, openedAt: at(n), logs, paths: ['logs/deployments/a.json'] },
  ...{ planned: `planned shop ${version} for production (canary 25 → 100 %)`, operator: 'alice' },
});

const aStory = (n: number, version: string, logs: readonly DeployLog[]): RecordedStory => ({
  ...open(n, version, logs),
  closed: { kind: 'succeeded', reason: 'it is stable', at: at(n) },
});

const place = (stable: string | undefined, more: Partial<PlaceNow> = {}): PlaceNow => ({
  environment: 'production',
  share: 0,
  ...(stable && { stable: anArtifact(stable) }),
  ...more,
});

const facts = (more: Partial<RecoveryFacts>): RecoveryFacts => ({
  ...{ service: 'shop', now: at(60), found: 'the records know more', places: [place('1.1.0')], stories: [] },
  ...{ older: 0, drills: [], reviewed: [], lostBefore: {}, known: nothingKnown, carried: [] },
  ...{ memory: { running: {} }, reviewWithin: hours(48) },
  ...more,
});

const first = aStory(1, '1.0.0', [aLog(1, '1.0.0')]);
const two = [first, aStory(2, '1.1.0', [aLog(2, '1.1.0')])];

describe('fault 5: what a mailbox is to know, from the records and the world', () => {
  it('runs what the platform shows, and what the records had before it is what comes back', () => {
    const { running, latest, accepted, lost } = rebuild(facts({ stories: two }));
    const { current, former, changeId, since } = running['production'] ?? {};
    assert.deepEqual([current?.version, former?.version, changeId, since], ['1.1.0', '1.0.0', idOf(2), at(2)]);
    assert.equal(former?.builtAt, anArtifact('1.0.0').builtAt);
    assert.deepEqual(
      latest.map((outcome) => [outcome.changeId, outcome.kind, outcome.adopted]),
      [
        [idOf(2), 'succeeded', ['production']],
        [idOf(1), 'succeeded', ['production']],
      ],
    );
    assert.deepEqual([accepted['key-1']?.changeId, lost], [idOf(1), []]);
  });

  it('another version than is recorded runs as it is, and nothing is known to come back', () => {
    const { running, unknown } = rebuild(facts({ stories: two, places: [place('1.0.0')] }));
    const { current, former, changeId } = running['production'] ?? {};
    assert.deepEqual([current?.version, former, changeId], ['1.0.0', undefined, idOf(1)]);
    const strange = rebuild(facts({ stories: two, places: [place('9.0.0')] }));
    assert.equal(strange.running['production']?.changeId, '');
    assert.match(strange.unknown.join('\n'), /no change is recorded that brought to production what runs there/);
    assert.doesNotMatch(unknown.join('\n'), /no change is recorded/);
  });

  it('a baseline that a rollout has left is named, with what ends it', () => {
    const left = { ...place('1.1.0'), baseline: anArtifact('1.1.0') };
    const { restored } = rebuild(facts({ stories: two, places: [left] }));
    assert.match(restored.join('\n'), /a baseline of 1\.1\.0 is there, which the next release ends/);
  });

  it('where nobody can be asked what runs, the records stand, and that is said', () => {
    const unseen = { environment: 'production', unseen: 'no answer in time' };
    const { running, restored, unknown } = rebuild(facts({ stories: two, places: [unseen] }));
    assert.equal(running['production']?.current.version, '1.1.0');
    assert.match(restored.join('\n'), /production: 1\.1\.0.*, by the records alone/);
    assert.match(unknown.join('\n'), /what runs in production cannot be read back: no answer in time/);
  });

  it('what went back is vetoed, until it was adopted all the same', () => {
    const gone = aStory(3, '1.2.0', [aLog(3, '1.2.0', { outcome: 'rolled-back', ...back('slipway') } as never)]);
    assert.deepEqual(vetoed({ stories: [...two, gone] }), ['1.2.0: rolled back: errors']);
    const again = aStory(4, '1.2.0', [aLog(4, '1.2.0')]);
    assert.deepEqual(vetoed({ stories: [...two, gone, again] }), []);
    const memory = { running: {}, vetoes: [{ version: '0.9.0', by: 'grace', reason: 'never', at: tuesday }] };
    assert.deepEqual(vetoed({ stories: [...two, gone], memory }), ['0.9.0: never', '1.2.0: rolled back: errors']);
  });

  it('a version that was taken back after its adoption is vetoed, and what came back has nothing behind it', () => {
    const former = { version: '1.0.0', digest: anArtifact('1.0.0').digest };
    const comeback = aLog(3, '1.1.0', {
      outcome: 'rolled-back',
      strategy: 'recovery',
      former,
      ...back('dave'),
    } as never);
    const stories = [...two, aStory(3, '1.0.0', [comeback])];
    const { running } = rebuild(facts({ stories, places: [place('1.0.0')] }));
    const { current, former: before, changeId } = running['production'] ?? {};
    assert.deepEqual([current?.version, before, changeId], ['1.0.0', undefined, idOf(3)]);
    assert.deepEqual(vetoed({ stories }), [`1.1.0: taken back by ${idOf(3)}: errors`]);
  });

  it('behind an irreversible migration there is no way back', () => {
    const migration = { class: 'irreversible', direction: 'migrate', migrate: 'db/2.sql', impact: 'names are dropped' };
    const log = aLog(2, '1.1.0', { data: { migrations: [migration] } } as never);
    const { running } = rebuild(facts({ stories: [first, aStory(2, '1.1.0', [log])] }));
    assert.match(running['production']?.noWayBack ?? '', /db\/2\.sql of 1\.1\.0 is irreversible.*names are dropped/);
  });

  it('a change that nobody carries on is lost, and says where it has left users', () => {
    const candidate = anArtifact('1.2.0');
    const places = [place('1.1.0', { share: 25, candidate })];
    const { lost, latest } = rebuild(facts({ stories: [...two, open(3, '1.2.0')], places }));
    assert.deepEqual([lost[0]?.changeId, lost[0]?.version], [idOf(3), '1.2.0']);
    assert.match(
      lost[0]?.said ?? '',
      /25 % of the users of production stay on it.*slipway rollback shop --environment/,
    );
    const [last] = latest;
    assert.deepEqual([last?.kind, last?.lost, last?.environment], ['failed', true, 'production']);
    const quiet = rebuild(facts({ stories: [...two, open(3, '1.2.0')] }));
    assert.match(quiet.lost[0]?.said ?? '', /users are where they were/);
  });

  it('one that the engine carries on, and one that was said to be lost before, is not lost again', () => {
    const stories = [...two, open(3, '1.2.0'), open(4, '1.3.0')];
    const lostBefore = { [idOf(3)]: 'users are where they were' };
    const { lost, latest } = rebuild(facts({ stories, lostBefore, carried: [idOf(4)] }));
    assert.deepEqual(lost, []);
    assert.deepEqual(
      latest.map(({ changeId }) => changeId),
      [idOf(3), idOf(2), idOf(1)],
    );
  });

  it('what an older copy still has open is over, unless it is carried on', () => {
    const known = { ...nothingKnown, open: [idOf(2), idOf(3)] };
    assert.deepEqual(rebuild(facts({ stories: two, known, carried: [idOf(3)] })).over, [idOf(2)]);
  });

  it('an emergency is owed its review until that was held', () => {
    const stories = [aStory(1, '1.0.0', [aLog(1, '1.0.0', { emergency: 'nobody can pay' })])];
    const debts = (reviewed: readonly string[]) => rebuild(facts({ stories, reviewed })).debts;
    assert.deepEqual(
      debts([]).map(({ changeId, reason, by, due }) => [changeId, reason, by, due]),
      [[idOf(1), 'nobody can pay', 'alice', after(at(1), hours(48))]],
    );
    assert.deepEqual(debts([idOf(1)]), []);
  });

  it('evidence is as old as it was; what the system saw of one artifact shows nothing of the next', () => {
    const entry = (item: string, source: string) => ({
      item,
      state: 'holds',
      what: 'shown',
      by: 'grace',
      at: at(1),
      source,
    });
    const readiness = [entry('runbooks', 'record'), entry('security-scan', 'system')];
    const stories = [aStory(1, '1.0.0', [aLog(1, '1.0.0', { readiness })])];
    const drill = {
      kind: 'passed',
      environment: 'staging',
      by: 'oscar',
      at: at(5),
      reason: 'went back in 2 s',
    } as const;
    const { evidence, drilled } = rebuild(facts({ stories, drills: [drill] }));
    assert.deepEqual(
      evidence.map(({ item, at: shown }) => [item, shown]),
      [
        ['runbooks', at(1)],
        ['rollback-rehearsed', at(5)],
      ],
    );
    assert.equal(drilled?.at, at(5));
  });

  it('says what cannot be known', () => {
    const said = rebuild(facts({ stories: two, older: 7 })).unknown.join('\n');
    for (const what of [/holds of the line/, /vetoes that people set or lifted/, /7 older changes are not looked at/])
      assert.match(said, what);
  });
});

const vetoed = (more: Partial<RecoveryFacts>): readonly string[] =>
  rebuild(facts(more)).vetoes.map(({ version, reason }) => `${version}: ${reason}`);
