import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standingAfter, withVeto } from '../../src/domain/standing.js';
import type { ReleaseOutcome } from '../../src/domain/release.js';
import type { Running } from '../../src/domain/service.js';
import { anArtifact, tuesday } from '../support/orders.js';

const [v1, v2] = [anArtifact('1.0.0'), anArtifact('1.1.0')];
const order = { commit: v2.commit };
const earlier: Running = { current: v1, since: '2026-11-20T09:00:00.000Z', changeId: 'change-20261120-01' };
const ended = (more: Partial<ReleaseOutcome>): ReleaseOutcome => ({
  kind: 'succeeded',
  changeId: 'change-20261124-01',
  service: 'shop',
  version: '1.1.0',
  reason: 'all is well',
  adopted: ['production'],
  records: [],
  artifact: v2,
  ...more,
});

describe('After a release', () => {
  it('that succeeded its version runs, and the one before is remembered for going back', () => {
    const { running, vetoed } = standingAfter({ production: earlier }, ended({}), order, tuesday);
    assert.deepEqual(running['production'], {
      current: v2,
      former: v1,
      since: tuesday,
      changeId: 'change-20261124-01',
    });
    assert.deepEqual(vetoed, []);
  });

  it('that went back its version is vetoed, and what runs in the environments before is what it brought there', () => {
    const outcome = ended({
      kind: 'rolled-back',
      environment: 'production',
      adopted: ['staging'],
      reason: 'error-rate',
    });
    const { running, vetoed } = standingAfter({ production: earlier }, outcome, order, tuesday);
    assert.deepEqual([running['production'], running['staging']?.current], [earlier, v2]);
    assert.deepEqual(
      vetoed.map(({ version, commit, reason }) => [version, commit, reason]),
      [['1.1.0', v2.commit, 'rolled back: error-rate']],
    );
  });

  it('that brought a former version back what it took back is vetoed, and is nothing to go back to', () => {
    const comeback = { to: v1, of: 'change-20261124-01' } as never;
    const now: Running = { current: v2, former: v1, since: tuesday, changeId: 'change-20261124-01' };
    const outcome = ended({ changeId: 'change-20261124-02', version: '1.0.0', artifact: v1 });
    const { running, vetoed } = standingAfter({ production: now }, outcome, { ...order, comeback }, tuesday);
    assert.deepEqual(running['production'], { current: v1, since: tuesday, changeId: 'change-20261124-02' });
    assert.match(vetoed[0]?.reason ?? '', /^taken back by change-20261124-02/);
    assert.equal(vetoed[0]?.version, '1.1.0');
  });

  it('that brought back what was stable all along nothing is vetoed, where the mailbox has learnt that', () => {
    const comeback = { to: v1, of: 'change-20261124-01' } as never;
    const outcome = ended({ changeId: 'change-20261124-02', version: '1.0.0', artifact: v1 });
    const vetoed = (more: { readonly sparesMended?: true }) =>
      standingAfter({ production: earlier }, outcome, { ...order, comeback, ...more }, tuesday).vetoed.length;
    assert.deepEqual([vetoed({ sparesMended: true }), vetoed({})], [0, 1]);
  });

  it('behind which there is no way back, that is remembered of what runs', () => {
    const outcome = ended({ noWayBack: { production: 'db/0003-drop.sql has been applied' } });
    const { running } = standingAfter({ production: earlier }, outcome, order, tuesday);
    assert.match(running['production']?.noWayBack ?? '', /0003-drop/);
  });

  it('that built nothing all is as it was', () => {
    const refused = ended({ kind: 'refused', adopted: [] });
    const outcome = { ...refused, artifact: undefined } as unknown as ReleaseOutcome;
    assert.deepEqual(standingAfter({ production: earlier }, outcome, order, tuesday), {
      running: { production: earlier },
      vetoed: [],
    });
  });

  it('the latest veto of a version stands', () => {
    const veto = (reason: string) => ({ version: '1.1.0', by: 'dave', reason, at: tuesday });
    assert.deepEqual(withVeto([veto('first')], veto('second')), [veto('second')]);
  });
});
