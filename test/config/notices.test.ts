import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usualNotices } from '../../src/domain/acknowledgement.js';
import { minutes } from '../../src/domain/duration.js';
import { aFile, configOf, problemsOf } from './support.js';

const and = (more: string): string => `${aFile()}\n${more}`;

describe('notices in slipway.yml', () => {
  for (const [says, written, wanted] of [
    ['nothing is said', '', usualNotices],
    [
      'others are told after half an hour',
      'notices: { repeat: 5m, escalate: { after: 30m, to: grace } }',
      { repeat: minutes(5), escalate: { after: minutes(30), to: 'grace' } },
    ],
    ['nothing is to be told again', 'notices: { repeat: off, escalate: off }', {}],
  ] as const)
    it(`where ${says}`, async () => {
      assert.deepEqual((await configOf(and(written))).notices, wanted);
    });

  for (const [says, written, wanted] of [
    [
      'a time that is none',
      'notices: { repeat: often }',
      /notices\.repeat: met "often"; wanted off, or a duration such as 15m/,
    ],
    [
      'somebody who is not there',
      'notices: { escalate: { after: 1h, to: nora } }',
      /notices\.escalate\.to: met "nora"; possible: .*grace/,
    ],
    ['no time', 'notices: { escalate: { to: grace } }', /notices\.escalate/],
  ] as const)
    it(`${says} is refused`, async () => {
      assert.match((await problemsOf(and(written)))[0] ?? '', wanted);
    });
});
