import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ReleaseOutcomeKind } from '../../src/domain/release.js';
import { aRelease, aRollout, aWaitingRelease } from '../support/memory-desk.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { anArtifact, tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

const id = 'change-20261124-01';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const as = (person: string, ...args: string[]) =>
  slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

const object = (text: string) => JSON.parse(text) as Record<string, unknown>;

function close(kind: ReleaseOutcomeKind): void {
  const { run, progress } = aRelease({}, { state: kind });
  const { service, version } = progress.order;
  const outcome = {
    kind,
    reason: 'because',
    changeId: id,
    service,
    version,
    adopted: [],
    records: ['docs/change-log.md'],
  };
  door.desk.put({ run: { ...run, status: 'closed', closedAt: tuesday }, progress: { ...progress, outcome } }, [
    aRollout(),
  ]);
}

describe('slipway release', () => {
  it('says the number of the release on standard output and how to follow it on the other', async () => {
    const { code, out, err } = await as('alice', 'release', 'shop', '1.1.0', '--description', 'delivery estimates');
    assert.deepEqual([code, out], [0, `${id}: begins now`]);
    assert.match(err, /slipway watch change-20261124-01/);
    assert.equal(door.desk.submissions[0]?.request.description, 'delivery estimates');
  });

  it('makes a key of its own, says it where asked, and takes another', async () => {
    const first = await as('alice', 'release', 'shop', '1.1.0', '--verbose');
    const [, key = ''] = /Idempotency-Key: (\S+)/.exec(first.err) ?? [];
    assert.match(key, /^[\w-]{36}$/);
    const again = await as('alice', 'release', 'shop', '1.1.0', '--key', key, '--json');
    assert.equal(object(again.out)['changeId'], id);
    assert.equal(door.desk.submissions.length, 1);
  });

  it('binds flags to it, which must be there', async () => {
    const { code, err } = await as('alice', 'release', 'shop', '1.1.0', '--flags', 'express,banner');
    assert.notEqual(code, 0);
    assert.match(err, /flags\/0: met "express"; wanted a flag of dev: there is none/);
    assert.equal(door.desk.submissions.length, 0);
  });

  it('takes a branch with the version it shall have, and the first environments only', async () => {
    await as('alice', 'release', 'shop', '1.2.0-rc.1', '--ref', 'main', '--environments', 'dev,staging');
    assert.equal(door.desk.submissions[0]?.request.stages.length, 2);
  });

  for (const [what, by, args, code, says] of [
    ['an unknown version', 'alice', ['shop', '9.9.9'], 2, /there are tags v1.1.0, v1.0.0/],
    [
      'a service written wrongly',
      'alice',
      ['shpo', '1.1.0'],
      2,
      /\/service: met "shpo"; wanted .* Did you mean shop\?/,
    ],
    ['a version that is none', 'alice', ['shop', 'newest'], 2, /\/version: met "newest"; wanted a semantic version/],
    ['the wrong role', 'grace', ['shop', '1.1.0'], 8, /takes the role implementation-wrangler/],
    ['a token nobody has', 'zoe', ['shop', '1.1.0'], 8, /not known/],
  ] as const)
    it(`of ${what} ends with ${code} and says why`, async () => {
      const ended = await as(by, 'release', ...args);
      assert.deepEqual([ended.code, ended.out], [code, '']);
      assert.match(ended.err, says);
      assert.doesNotMatch(ended.err, /at .*\.js/);
    });
});

describe('slipway plan', () => {
  it('says every step and its way back', async () => {
    const running = { current: anArtifact('1.0.0'), since: tuesday, changeId: id };
    door.desk.stand({ service: 'shop', running: { production: running }, queue: [], latest: [] });
    const { code, out } = await as('alice', 'plan', 'shop', '1.1.0');
    assert.equal(code, 0);
    assert.match(
      out,
      /production: canary, from 1.0.0, 2 instances; asks governance-sentinel \(grace\) and service-owner/,
    );
    assert.match(out, /give 1.1.0 25 % of the traffic +back: move all traffic back to the stable lane/);
  });
});

describe('slipway watch', () => {
  for (const [kind, code] of [
    ['succeeded', 0],
    ['rolled-back', 3],
    ['refused', 4],
    ['withdrawn', 4],
    ['failed', 1],
  ] as const)
    it(`of a release that ${kind === 'succeeded' ? kind : `was or has ${kind}`} ends with ${code}`, async () => {
      close(kind);
      const ended = await as('dave', 'watch', id);
      assert.equal(ended.code, code);
      assert.match(ended.out, new RegExp(`${kind}: because`));
    });

  it('says what it waits for, who must act and how, and may end there with 7', async () => {
    door.desk.put(aWaitingRelease());
    const { code, out } = await as('dave', 'watch', id, '--until-waiting');
    assert.equal(code, 7);
    assert.match(out, /waiting: production waits for the approval of .* until 2026-11-25T09:00:00Z/);
    assert.match(out, /governance-sentinel: grace\n/);
    assert.match(out, new RegExp(`slipway approve ${id} --comment`));
  });

  it('for programs is one JSON object a line', async () => {
    close('succeeded');
    const { out } = await as('dave', 'watch', id, '--json');
    const events = out.split('\n').map((line) => object(line)['event']);
    assert.deepEqual(new Set(events), new Set(['entry', 'release', 'end']));
    assert.equal(events.at(-1), 'end');
  });

  it('shows nothing that could move a terminal', async () => {
    const refused = [{ at: tuesday, message: 'approve', from: '\u001b[2Jzoe', reason: 'bell \u0007' }];
    door.desk.put(aWaitingRelease());
    const { run, progress } = aWaitingRelease();
    door.desk.put({ run, progress: { ...progress, refused } });
    const { out } = await as('dave', 'watch', id, '--until-waiting');
    assert.match(out, /zoe refused/);
    assert.doesNotMatch(out, /[\u001b\u0007]/);
  });
});

describe('slipway approve and reject', () => {
  it('approve exactly what waits, and say what is still missing', async () => {
    door.desk.put(aWaitingRelease());
    const { code, out, err } = await as('grace', 'approve', id, '--comment', 'read the plan');
    assert.equal(code, 0);
    assert.match(err, /approve: production, sha256:[0-9a-f]{12} by plan sha256:abababababab/);
    assert.match(out, /service-owner: oscar/);
    assert.deepEqual(Object.keys(door.desk.said[0]?.written as object).toSorted(), [
      'comment',
      'decision',
      'digest',
      'gate',
      'planHash',
    ]);
  });

  it('of the wrong role end with 4 and the rule', async () => {
    door.desk.put(aWaitingRelease());
    const { code, err } = await as('dave', 'reject', id, '--comment', 'no');
    assert.equal(code, 4);
    assert.match(err, /dave holds on-call; this gate asks for governance-sentinel and service-owner/);
  });

  it('take no decision without a word', async () => {
    const { code, err } = await as('grace', 'approve', id);
    assert.equal(code, 2);
    assert.match(err, /--comment/);
  });
});

describe('slipway rollback and retry', () => {
  it('go back at once, for anybody', async () => {
    door.desk.put(aRelease({}, { state: 'rolling-out', environment: 'production' }), [aRollout()]);
    const { code, out } = await as('norma', 'rollback', id, '--reason', 'customers cannot pay');
    assert.equal(code, 0);
    assert.match(out, /going-back in production/);
  });

  it('of nothing end with 5, of what is not stuck with 4', async () => {
    assert.equal((await as('dave', 'rollback', id, '--reason', 'x')).code, 5);
    door.desk.put(aRelease());
    assert.equal((await as('dave', 'retry', id, '--reason', 'x')).code, 4);
  });
});

describe('slipway status', () => {
  it('shows what runs where, what is under way and what waits', async () => {
    const running = { current: anArtifact('1.0.0'), since: tuesday, changeId: 'change-20261101-01' };
    door.desk.put(aWaitingRelease());
    door.desk.stand({
      service: 'shop',
      running: { production: running },
      underWay: id,
      queue: ['change-20261124-02'],
      latest: [],
    });
    const { code, out } = await as('dave', 'status');
    assert.equal(code, 0);
    assert.match(out, /shop +production +1\.0\.0\+\S+ +since 2026-11-24T09:00:00Z/);
    assert.match(out, /cart +dev +nothing/);
    assert.match(out, /shop 1\.1\.0 +change-20261124-01 +awaiting-approval in production/);
    assert.match(out, /change-20261124-02 +queued/);
    const json = object((await as('dave', 'status', 'shop', '--json')).out);
    assert.deepEqual(Object.keys(json), ['services', 'findings', 'releases']);
  });

  it('of an unknown service ends with 5 and names the known ones', async () => {
    const { code, err } = await as('dave', 'status', 'shp');
    assert.equal(code, 5);
    assert.match(err, /known: shop, cart/);
  });
});
