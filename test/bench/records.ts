import { appendFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { gitIn } from '../../src/adapters/governance/git.js';
import { createGovernanceRecords, type GovernanceRecords } from '../../src/adapters/governance/records.js';
import { releaseStory } from './records/release-story.js';
import { type Seeded, seed } from './records/seed.js';
import { type MeasuredRecords, tell } from './records/tell.js';
import type { Bench } from './support/bench.js';
import { localFacts } from './support/machine.js';
import { interleaved } from './support/rounds.js';

/** How many releases the repository holds, unless parts say otherwise: 10,000 entries, and 10,000 releases. */
const sizes = ['2500', '10000'];

/** How long a record takes to be written, and all of them to be verified, in a repository that many releases went through. */
export const bench: Bench = async ({ rounds = 20, parts, chance, report }) => {
  report.line({ machine: localFacts() });
  let met = true;
  for (const size of parts.length > 0 ? parts : sizes) {
    if (!/^[1-9]\d{0,5}$/.test(size)) throw new Error(`a part of this bench is a number of releases, not "${size}"`);
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      report.say(`\nmaking a repository of ${size} releases …`);
      const seeded = await seed(join(folder, 'governance'), Number(size));
      report.line({ seeded });
      met = tell({ seeded, ...(await measure(folder, seeded, rounds)), chance, report }) && met;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return met;
};

async function measure(folder: string, { releases }: Seeded, rounds: number): Promise<MeasuredRecords> {
  const directory = join(folder, 'governance');
  const records = createGovernanceRecords({ directory });
  const first = await timed(() => write(records, releases, 0));
  const floor = await openFloor(join(folder, 'floor'));
  const append = await interleaved(rounds, {
    planned: (round) => timed(() => write(records, releases + 1 + round, 0)),
    floor: (round) => timed(() => floor(round)),
    rollout: (round) => timed(() => write(records, releases + 1 + round, 2)),
    closed: (round) => timed(() => write(records, releases + 1 + round, 3)),
  });
  const audit = await interleaved(3, {
    audit: () => timed(() => verify(directory)),
    floor: () => timed(() => hashAll(directory)),
  });
  return { append, first: [first], audit };
}

async function write(records: GovernanceRecords, release: number, step: 0 | 2 | 3): Promise<void> {
  const event = releaseStory(release)[step];
  if (event?.kind === 'change-opened') await records.openChange(event);
  if (event?.kind === 'rollout-ended' || event?.kind === 'release-closed') await records.write(event);
}

async function verify(directory: string): Promise<void> {
  const { findings } = await createGovernanceRecords({ directory }).audit();
  if (findings.length > 0) throw new Error(`the records do not verify: ${findings.slice(0, 3).join('; ')}`);
}

/** A line added to a file, on the disk, and committed by git as people would: in a repository with nothing else in it. */
async function openFloor(directory: string): Promise<(round: number) => Promise<void>> {
  await execa('git', ['init', '--quiet', directory]);
  const git = gitIn(directory);
  const path = join(directory, 'log');
  return async (round) => {
    await appendFile(path, `line ${round}\n`);
    const file = await open(path, 'r');
    await file.sync();
    await file.close();
    await git(['add', 'log']);
    await git(['commit', '--quiet', '-m', `line ${round}`]);
  };
}

const hashAll = async (directory: string): Promise<void> => {
  await execa('git ls-files -z | xargs -0 sha256sum > /dev/null', { cwd: directory, shell: true });
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
