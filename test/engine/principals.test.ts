import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Client } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { createPrincipals, principalTypes } from '../../src/adapters/temporal/principals.js';

/**
 * Recorded on Temporal server 1.31.2 with its default authorizer and JWT claim mapper and frontend.enablePrincipalPropagation:
 * mallory claims to be grace, grace sends an update and a signal, mallory claims to be oscar, and oscar resets the run.
 * Each wrote the same `identity`.
 */
const recorded = JSON.parse(
  await readFile(join(process.cwd(), 'test/engine/authenticated-signals.json'), 'utf8'),
) as Readonly<Record<'run' | 'afterReset', unknown>>;

const clientOf = (run: 'run' | 'afterReset'): Client =>
  ({
    workflow: { getHandle: () => ({ fetchHistory: () => Promise.resolve(historyFromJSON(recorded[run])) }) },
  }) as unknown as Client;

const senderOf = (run: 'run' | 'afterReset', eventId: number) =>
  createPrincipals(clientOf(run)).senderOf({ workflowId: 'w', runId: 'r', eventId });
const jwt = (name: string) => ({ type: 'jwt', name });

describe('who has sent a signal, by the history of a server that authenticates', () => {
  it('is told by what the server wrote, and not by what the sender wrote of himself', async () => {
    assert.deepEqual(await senderOf('run', 20), { afterReset: false, principal: jwt('mallory@example.org') });
    assert.deepEqual(await senderOf('run', 35), { afterReset: false, principal: jwt('grace@example.org') });
  });

  it('is nobody of an update, whose event is written for the worker, and of what is no event', async () => {
    assert.equal(await senderOf('run', 33), undefined);
    assert.equal(await senderOf('run', 9_999), undefined);
  });

  it('is not to be believed after a reset, when all signals come again as those of whoever has reset', async () => {
    for (const eventId of [11, 13, 14])
      assert.deepEqual(await senderOf('afterReset', eventId), {
        afterReset: true,
        principal: jwt('oscar@example.org'),
      });
  });

  it('is of the kinds that doctor looks for', async () => {
    assert.deepEqual(await principalTypes(clientOf('run'), 'herald'), ['jwt']);
  });
});
