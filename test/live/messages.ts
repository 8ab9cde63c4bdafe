import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { releaseId } from '../../src/messages.js';
import { recordHistories } from '../support/histories.js';
import type { Stage } from '../support/stage.js';
import { asBytes, asJson, sendSignal, sendUpdate } from '../support/temporal-ui.js';

/** The service this page is told of, by strategy. */
export const messageServices = { tiny: '{ kind: blue-green, afterwards: 1s, every: 1s }' };

/** Whatever somebody sends from the Temporal UI or another client: it never blocks a release, and never approves one. */
export const messages = (stage: Stage): void => {
  let changeId: string;
  let id: string;
  before(async () => {
    changeId = await stage.release('tiny', '1.0.0');
    id = releaseId('tiny', changeId);
    await stage.until(changeId, 'awaiting approval', ({ state }) => state === 'awaiting-approval');
  });

  const refused: [string, string, unknown, RegExp][] = [
    ['json/protobuf, a button of the UI’s dialog', 'approve', asBytes('json/protobuf', '{"person":'), /not JSON/],
    ['an encoding nobody knows', 'approve', asBytes('binary/poison', 'x'), /payload encoding "binary\/poison"/],
    ['bytes that are no JSON', 'approve', asBytes('json/plain', '{"person": grace}'), /not JSON/],
    ['no metadata at all', 'approve', { data: 'eA==' }, /payload encoding ""/],
    ['the empty payload the UI sends by itself', 'approve', undefined, /empty/],
    ['null', 'approve', asJson(null), /empty/],
    ['a number', 'approve', asJson(7), /number/],
    ['a list', 'approve', asJson(['grace']), /array/],
    ['an unknown field', 'approve', asJson({ person: 'grace', approved: true }), /unknown field "approved"/],
    [
      'a prototype key',
      'approve',
      asBytes('json/plain', '{"__proto__":{"person":"grace"}}'),
      /unknown field|nobody is named/,
    ],
    ['a person who is an object', 'approve', asJson({ person: { name: 'grace' } }), /person is object/],
    ['nobody', 'approve', asJson({ comment: 'yes' }), /nobody is named/],
    ['a stranger', 'approve', asJson('mallory'), /not one of the people/],
    ['who asked for it', 'approve', asJson('alice'), /this gate asks for/],
    ['the wrong role', 'approve', asJson('dave'), /this gate asks for/],
    ['another gate', 'approve', asJson({ person: 'grace', gate: 'staging' }), /gate staging is not what waits/],
    [
      'another digest',
      'approve',
      asJson({ person: 'grace', digest: 'sha256:00' }),
      /digest sha256:00 is not what waits/,
    ],
    ['a signal nobody knows', 'aprove', asJson('grace'), /no such signal/],
    ['a retry while nothing is stuck', 'retry', asJson('dave'), /nothing is held or stuck/],
    ['a very long text', 'approve', asJson('x'.repeat(100_000)), /not one of the people/],
  ];

  for (const [what, signal, payload, reason] of refused)
    it(`${what}: is refused, and shown`, async () => {
      await sendSignal(stage, id, signal, payload);
      const view = await stage.until(changeId, 'the refusal', ({ refused: seen }) =>
        seen.some((r) => reason.test(r.reason)),
      );
      assert.equal(view.state, 'awaiting-approval');
      assert.equal(view.decisions.filter((d) => (d as { gate: string }).gate === 'production').length, 0);
    });

  it('as an update: is answered with the rule, and without our files', async () => {
    const answer = await sendUpdate(stage, id, 'decide', { person: 'dave', decision: 'approve' });
    assert.match(answer, /this gate asks for governance-sentinel/);
    assert.doesNotMatch(answer, /\.js|node_modules/);
  });

  it('no workflow task has failed over any of it', async () => {
    const { events } = await (await stage.client()).workflow.getHandle(id).fetchHistory();
    assert.equal(events?.filter((event) => event.workflowTaskFailedEventAttributes).length, 0);
  });

  it('and the release goes on, an approval said twice counting once: by a signal, and by an update, as the Temporal UI sends them', async () => {
    await sendSignal(stage, id, 'approve', asJson({ person: 'grace', comment: 'read it' }));
    await sendSignal(stage, id, 'approve', asJson('grace'));
    await stage.until(changeId, 'grace has approved', ({ decisions }) => decisions.some((d) => d.person === 'grace'));
    await sendUpdate(stage, id, 'decide', { person: 'oscar', decision: 'approve', comment: 'go' });
    const { decisions } = await stage.until(changeId, 'approved', ({ state }) => state !== 'awaiting-approval');
    const production = decisions.filter((d) => d.gate === 'production');
    assert.deepEqual(
      production.map((d) => [d.person, d.via, d.proved]),
      [
        ['grace', 'temporal', false],
        ['oscar', 'temporal', false],
      ],
    );
    // Nobody sends it requests: no data is not a pass.
    const { state, outcome } = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    assert.equal(state, 'rolled-back');
    assert.match(outcome?.reason ?? '', /no request reached the candidate/);
    await recordHistories(stage, 'tiny', changeId, 'poisoned-signals-and-no-data');
  });
};
