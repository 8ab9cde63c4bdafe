import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { after, minutes } from '../../src/domain/duration.js';
import type { ReleaseProgress } from '../../src/domain/release.js';
import type { RolloutProgress } from '../../src/domain/rollout.js';
import type { FoundRollout } from '../../src/http/desk.js';
import { waitingFor } from '../../src/http/views/waiting.js';
import { aRequest, tuesday } from '../support/orders.js';

describe('what a release waits for', () => {
  it('is, of a window that has seen too little, whoever may let it pass, until it goes back, and the command', () => {
    const held = 'inconclusive: 12 requests reached the candidate in 15 min; 50 are needed to judge';
    const heldUntil = after(tuesday, minutes(60));
    const rollout = { run: { status: 'running' }, progress: { state: 'held', held, heldUntil } as RolloutProgress };
    const order = { ...aRequest(), changeId: 'change-20261124-01' };
    const waits = waitingFor({ order } as ReleaseProgress, 'held', [rollout as FoundRollout]);
    assert.deepEqual(waits, {
      reason: `held: ${held}`,
      for: [
        { role: 'implementation-wrangler', people: ['alice'] },
        { role: 'governance-sentinel', people: ['grace'] },
        { role: 'service-owner', people: ['oscar'] },
        { role: 'on-call', people: ['dave'] },
      ],
      until: heldUntil,
      command: 'slipway promote change-20261124-01 --reason "…"',
    });
  });
});
