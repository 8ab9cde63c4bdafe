import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';
import { createMemoryPlots } from '../../src/adapters/memory/plots.js';
import type { Records } from '../../src/ports/records.js';
import { contents, status, subjects } from './repository.js';
import { aGoodCanary } from './stories.js';
import { stories, tell } from './told.js';

const kilobytes = 1_024;
const plots = createMemoryPlots();
const recordsOf = (directory: string): Records => createGovernanceRecords({ directory, plots });

/** A file system of its own, so that it can be full, or read-only, while nothing else is. */
const skip = (await mayMount()) ? false : 'to mount a file system for it takes root';

describe('fault 39: a repository', { skip }, () => {
  for (const story of stories.slice(0, 4))
    it(`on a disk that fills up while "${story}" is written loses nothing, and has it once when there is room again`, () =>
      onDisk(async (directory, disk) => {
        await recordsOf(directory).write({ kind: 'rollout-ended', eventId: 'first', rollout: aGoodCanary() });
        const before = await subjects(directory);
        const refused: string[] = [];
        for (const left of [0, 4, 8, 12, 16, 24, 32, 48, 64, 96]) {
          const free = await filledUp(disk, left * kilobytes);
          const fault = await tell(recordsOf(directory), story).then(
            () => undefined,
            (met: unknown) => String(met),
          );
          await free();
          if (fault === undefined) break;
          refused.push(fault);
          assert.match(
            fault,
            /the disk of the governance repository is full: make room there/,
            `with ${left} KiB left`,
          );
        }
        assert.ok(refused.length >= 2, refused.join());
        const receipt = await tell(recordsOf(directory), story);
        assert.deepEqual(await tell(recordsOf(directory), story), receipt);
        assert.equal((await subjects(directory)).length, before.length + 1);
        assert.equal(await status(directory), '');
        const found = await readdir(join(directory, '.git'), { recursive: true });
        assert.deepEqual(
          found.filter((name) => /crash|tmp_pack/.test(name)),
          [],
          'no try leaves anything behind',
        );
        assert.deepEqual(await recordsOf(directory).audit(), { verified: true, records: 2, findings: [] });
      }));

  it('that is read-only refuses to write, says so, stays readable, and is written once it may be', () =>
    onDisk(async (directory, disk) => {
      await recordsOf(directory).write({ kind: 'rollout-ended', eventId: 'first', rollout: aGoodCanary() });
      const was = await contents(directory);
      await execa('mount', ['-o', 'remount,ro', disk]);
      await assert.rejects(
        tell(recordsOf(directory), 'rollback'),
        /the governance repository is read-only: mount its disk for writing/,
      );
      assert.deepEqual(await contents(directory), was);
      assert.equal((await recordsOf(directory).audit()).verified, true);
      assert.equal((await recordsOf(directory).entries()).length, 1);
      await execa('mount', ['-o', 'remount,rw', disk]);
      await tell(recordsOf(directory), 'rollback');
      assert.deepEqual(await recordsOf(directory).audit(), { verified: true, records: 2, findings: [] });
    }));
});

/** Takes all of a disk but so many bytes; answers what gives them back. */
async function filledUp(disk: string, left: number): Promise<() => Promise<void>> {
  const ballast = join(disk, 'ballast');
  const { bavail, bsize } = await statfs(disk);
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left))).catch(() => undefined);
  return () => rm(ballast);
}

async function onDisk(story: (directory: string, disk: string) => Promise<void>): Promise<void> {
  const disk = await mkdtemp(join(tmpdir(), 'slipway-'));
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
  try {
    const directory = join(disk, 'governance');
    await initGovernanceRepository(directory);
    await story(directory, disk);
  } finally {
    await execa('umount', ['--lazy', disk]);
    await rm(disk, { recursive: true, force: true });
  }
}

async function mayMount(): Promise<boolean> {
  const disk = await mkdtemp(join(tmpdir(), 'slipway-'));
  const { failed } = await execa('mount', ['-t', 'tmpfs', 'tmpfs', disk], { reject: false });
  if (!failed) await execa('umount', [disk]);
  await rm(disk, { recursive: true, force: true });
  return !failed;
}
