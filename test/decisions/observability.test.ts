import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeObservability, type Seen } from '../../src/domain/decisions/observability.js';
import { isReady, standingOf } from '../../src/domain/readiness.js';
import type { CommandHeard } from '../../src/domain/telemetry.js';
import { tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const heard = (arrives: boolean, said: string): CommandHeard => ({ run: 'node traces.js', arrives, said });
const seen = (more: Partial<Seen> = {}): Seen => ({
  ...{ place, instances: ['a', 'b'], metrics: { requests: 12 }, logged: { a: 100, b: 20 }, heard: {} },
  ...more,
});
const nothingRuns: Seen = { place, metrics: { requests: 0 }, logged: {}, heard: {} };
const down = { fault: 'prometheus.example does not answer' };

const active: readonly (readonly [says: string, of: Seen, what: string])[] = [
  [
    'counted requests and a log of each instance',
    seen(),
    'metrics arrive: 12 requests counted; 2 instances wrote 120 bytes of logs',
  ],
  [
    'traces that a command has found',
    seen({ heard: { traces: heard(true, '7 spans in 5 m') } }),
    'metrics arrive: 12 requests counted; 2 instances wrote 120 bytes of logs; traces arrive: 7 spans in 5 m',
  ],
  [
    'logs that a command has found elsewhere, whatever the platform keeps',
    seen({ logged: {}, heard: { logs: heard(true, '300 lines') } }),
    'metrics arrive: 12 requests counted; logs arrive: 300 lines',
  ],
  [
    'a source that can be asked, where nothing runs yet',
    nothingRuns,
    'nothing runs in production yet, and its metrics can be read',
  ],
];

const lacking: readonly (readonly [says: string, of: Seen, lacks: RegExp])[] = [
  [
    'a source of metrics that is down',
    seen({ metrics: down }),
    /^metrics do not arrive: prometheus\.example does not answer; slipway doctor says/,
  ],
  ['the same where nothing runs yet', { ...nothingRuns, metrics: down }, /^metrics do not arrive: /],
  [
    'requests that nobody has counted',
    seen({ metrics: { requests: 0 } }),
    /^no request to shop in production is counted: send it some/,
  ],
  [
    'the log of one instance',
    seen({ logged: { a: 100, b: 0 } }),
    /^b of shop in production has written no log: let it write to standard output, or say with services\.shop\.observability\.logs/,
  ],
  ['a log that does not exist', seen({ logged: {} }), /^a, b of shop in production has written no log/],
  [
    'traces',
    seen({ heard: { traces: heard(false, 'exit code 1, wanted 0: 0 spans') } }),
    /^traces of shop in production do not arrive: `node traces\.js` says exit code 1, wanted 0: 0 spans; mend it or services\.shop\.observability\.traces$/,
  ],
  [
    'logs, as its own command says',
    seen({ heard: { logs: heard(false, 'exit code 1') } }),
    /^logs of shop in production do not arrive/,
  ],
];

/** SPEC-0701, Production Readiness Checklist: observability instrumentation active (metrics, logs, traces). */
describe('observability is active', () => {
  for (const [says, of, what] of active)
    it(`with ${says}`, () => assert.deepEqual(judgeObservability(of), { kind: 'active', what }));

  for (const [says, of, wanted] of lacking)
    it(`not without ${says}, and says so`, () => {
      const judged = judgeObservability(of);
      assert.ok(judged.kind === 'lacking');
      assert.match(judged.lacks, wanted);
    });

  it('not without all of them, each with its own sentence, which the checklist says', () => {
    const judged = judgeObservability(
      seen({ metrics: { requests: 0 }, logged: {}, heard: { traces: heard(false, 'exit code 7') } }),
    );
    assert.ok(judged.kind === 'lacking');
    const lacks = { observability: judged.lacks };
    const readiness = standingOf({ observability: {} }, [], { service: 'shop', now: tuesday, lacks });
    assert.equal(isReady(readiness), false);
    const [{ reason, command } = { reason: '' }] = readiness.items;
    assert.match(
      reason,
      /^observability: no request to shop .*\. a, b of shop .* no log.*\. traces of shop .* exit code 7/,
    );
    assert.equal(command, 'slipway evidence shop observability --statement "…"');
  });
});
