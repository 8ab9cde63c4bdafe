import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createFollowUps } from '../../src/adapters/governance/follow-ups.js';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';
import { createWriterLock, writerLockPath } from '../../src/adapters/governance/writer-lock.js';
import { createMemoryFollowUps } from '../../src/adapters/memory/follow-ups.js';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import type { FollowUps } from '../../src/ports/follow-ups.js';
import type { Records } from '../../src/ports/records.js';
import { aRolledBackCanary } from '../records/stories.js';
import { aClosing, aFollowUp } from '../support/follow-ups.js';
import { tuesday } from '../support/orders.js';

interface Opened {
  readonly records: Records;
  readonly followUps: FollowUps;
  readonly directory: string;
}

async function inGovernance(story: (opened: Opened) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    await initGovernanceRepository(directory);
    await story({ records: createGovernanceRecords({ directory }), followUps: createFollowUps(directory), directory });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function inMemory(story: (opened: Opened) => Promise<void>): Promise<void> {
  const records = createMemoryRecords();
  await story({ records, followUps: createMemoryFollowUps(records), directory: '' });
}

for (const [name, open] of [
  ['in memory', inMemory],
  ['in a git repository', inGovernance],
] as const)
  describe(`follow-ups: ${name}`, () => {
    it('are none where nothing is recorded, and are seen as soon as they are', () =>
      open(async ({ records, followUps }) => {
        assert.deepEqual(await followUps.standings(tuesday), []);
        await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: aRolledBackCanary() });
        const [first, ...others] = await followUps.standings(tuesday);
        assert.deepEqual([first?.id, first?.state, others.length], ['FU-0001', 'open', 2]);
        await records.write({ kind: 'follow-up-said', eventId: 'b', word: aClosing(), of: aFollowUp() });
        const [closed] = await followUps.standings(tuesday);
        assert.deepEqual([closed?.state, closed?.said], ['closed', [aClosing()]]);
      }));
  });

describe('follow-ups of a repository that is being written', () => {
  it('are read without its lock, past a line that is not whole yet; an altered one counts no more', () =>
    inGovernance(async ({ records, followUps, directory }) => {
      await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: aRolledBackCanary() });
      await appendFile(join(directory, 'logs/audit/chain.jsonl'), '{"sequence":2,"at":"20');
      const seen = await createWriterLock(() => Promise.resolve(writerLockPath(join(directory, '.git'))))(() =>
        followUps.standings(tuesday),
      );
      assert.equal(seen.length, 3);
      await writeFile(join(directory, 'logs/follow-ups/FU-0002.json'), '{}');
      assert.deepEqual(
        (await createFollowUps(directory).standings(tuesday)).map(({ id }) => id),
        ['FU-0001', 'FU-0003'],
      );
    }));
});
