import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { AuditReport } from '../../src/domain/audit.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

/** It is the 24th of November, 2026: the third quarter is over, the fourth is not. */
describe('the governance audit at the front door', () => {
  it('is that of the last quarter that is over, unless said; looking records nothing', async () => {
    const { status, body } = await door.ask('norma', 'GET', '/v1/audit');
    assert.equal(status, 200);
    assert.deepEqual([(body['report'] as AuditReport).quarter, body['paths']], ['2026-Q3', []]);
    assert.equal((await door.ask('norma', 'GET', '/v1/audit?quarter=2026-Q4')).status, 200);
  });

  it('is recorded by somebody who operates', async () => {
    const { status, body } = await door.ask('grace', 'POST', '/v1/audit', { body: {} });
    assert.deepEqual([status, body['paths']], [200, ['artifacts/integration/audit-2026-Q3/audit.md']]);
    assert.equal((await door.ask('norma', 'POST', '/v1/audit', { body: {} })).status, 403);
  });

  for (const [says, method, path, body, status, wanted] of [
    ['what is no quarter', 'GET', '/v1/audit?quarter=autumn', undefined, 400, /2026-Q4/],
    ['a quarter that has not begun', 'GET', '/v1/audit?quarter=2027-Q1', undefined, 422, /2026-Q4/],
    ['recording one that is not over', 'POST', '/v1/audit', { quarter: '2026-Q4' }, 422, /2026-Q3/],
    ['recording what is no quarter', 'POST', '/v1/audit', { quarter: 'Q4' }, 400, /2026-Q4/],
  ] as const)
    it(`${says} is refused, with what is wanted`, async () => {
      const answered = await door.ask('grace', method, path, body ? { body } : {});
      assert.equal(answered.status, status, answered.text);
      assert.match(JSON.stringify(answered.body['errors']), wanted);
    });
});
