import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createMemoryApprovalCodes } from '../../src/adapters/memory/approval-codes.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { aRelease, aWaitingRelease } from '../support/memory-desk.js';

const id = 'change-20261124-01';

describe('The code of an approver', () => {
  let door: FrontDoor;
  before(async () => {
    door = await openFrontDoor();
    door.desk.put(aWaitingRelease());
  });
  after(() => door.close());
  const ask = (person: string | undefined) => door.ask(person, 'GET', `/v1/releases/${id}/approval-code`);

  it('is shown to whoever may approve what waits, with the signal that it goes into', async () => {
    const { status, body } = await ask('oscar');
    assert.equal(status, 200, JSON.stringify(body));
    const { subject, expiresAt } = aWaitingRelease().progress.stages.find(({ approval }) => approval)!.approval!;
    const code = await createMemoryApprovalCodes().codeFor({ ...subject, changeId: id, expiresAt, person: 'oscar' });
    assert.deepEqual([body['code'], body['person'], body['gate']], [code, 'oscar', subject.gate]);
    assert.deepEqual(body['signal'], { person: 'oscar', comment: '…', code });
  });

  it('is shown to nobody who could not approve it, and to nobody without a token', async () => {
    const { status, body } = await ask('alice');
    assert.equal(status, 409);
    assert.match(String(body['detail']), /alice holds implementation-wrangler; this gate asks for/);
    assert.equal((await ask(undefined)).status, 401);
  });

  it('is none where nothing waits', async () => {
    door.desk.put(aRelease());
    const { status, body } = await ask('oscar');
    assert.equal(status, 409);
    assert.match(String(body['detail']), /waits for no approval now/);
  });
});
