import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { slipway } from '../support/slipway-cli.js';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const as = (person: string, ...args: string[]) =>
  slipway(args, { env: { SLIPWAY_URL: door.url, SLIPWAY_TOKEN: `token-${person}` } });

describe('slipway audit report', () => {
  it('says what must be looked at, and who must', async () => {
    const { code, out } = await as('norma', 'audit', 'report');
    assert.equal(code, 0);
    assert.match(out, /^2026-Q3: 1 to look at; 0 records, the chain holds\n! governance-sentinel: a draft is open\n/);
  });

  it('with --record says where it is recorded', async () => {
    const { code, out } = await as('grace', 'audit', 'report', '--record');
    assert.equal(code, 0);
    assert.match(out, /\nartifacts\/integration\/audit-2026-Q3\/audit\.md$/m);
  });

  it('for programs is one JSON object', async () => {
    const { out } = await as('norma', 'audit', 'report', '--quarter', '2026-Q2', '--json');
    assert.equal((JSON.parse(out) as { report: { quarter: string } }).report.quarter, '2026-Q2');
  });

  for (const [says, by, args, code, why] of [
    ['a quarter that is none', 'grace', ['--quarter', 'autumn'], 2, /met "autumn"; wanted a quarter such as 2026-Q4/],
    [
      'recording one that is not over',
      'grace',
      ['--quarter', '2026-Q4', '--record'],
      2,
      /one that is over, such as 2026-Q3/,
    ],
    ['recording, by who does not operate', 'norma', ['--record'], 8, /to record a governance audit takes one of/],
  ] as const)
    it(`${says} ends with ${code}`, async () => {
      const met = await as(by, 'audit', 'report', ...args);
      assert.equal(met.code, code);
      assert.match(met.err, why);
    });
});
