import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { gitIn } from '../../src/adapters/governance/git.js';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { minutes } from '../../src/domain/duration.js';
import { aGoodCanary } from './stories.js';
import { contents, inRepository, status, subjects } from './repository.js';
import { stories, tell } from './told.js';
import type { StoryName } from './told.js';

const chain = 'logs/audit/chain.jsonl';
const crashWriter = fileURLToPath(new URL('crash-writer.js', import.meta.url));

/** What a crash at a step may leave behind besides: half a file, half a line, half a commit. */
type Wreck = (directory: string) => Promise<void>;
const asItIs: Wreck = () => Promise.resolve();

describe('a writer that is killed', { concurrency: true }, () => {
  for (const story of stories)
    it(`before any step of "${story}" leaves what the next writer completes: nothing lost, nothing doubled`, async () => {
      await inRepository(async (directory) => {
        const steps = await stepsOf(directory, story);
        assert.ok(steps.length >= 5, steps.join());
        const cases = steps.map((step, index): Killed => ({ story, step, at: index + 1, wreck: asItIs }));
        await killAndCompare(directory, cases);
      });
    });

  it('in the middle of a step leaves pieces that the next writer takes away', async () => {
    await inRepository(async (directory) => {
      const steps = await stepsOf(directory, 'rollback');
      const at = (step: string): number => steps.findIndex((name) => name.startsWith(step)) + 1;
      const log = steps.find((step) => step.startsWith('file logs/deployments'))?.slice('file '.length) ?? '';
      const wrecks: readonly Omit<Killed, 'story'>[] = [
        {
          step: 'half an intent',
          at: at('intent'),
          wreck: (copy) => writeFile(beside(join(copy, '.git/slipway-intent.json')), '{"li'),
        },
        {
          step: 'half a record',
          at: at('file logs/deployments'),
          wreck: (copy) => writeFile(beside(join(copy, log)), '{"time'),
        },
        {
          step: 'half a Change Log',
          at: at('change log'),
          wreck: (copy) => writeFile(beside(join(copy, 'docs/change-log.md')), '# Ch'),
        },
        { step: 'half a line', at: at('chain'), wreck: (copy) => appendFile(join(copy, chain), '{"actor":"sli') },
        { step: 'a line without its end', at: at('commit'), wreck: (copy) => cutOff(join(copy, chain), 1) },
        { step: 'the better part of a line', at: at('commit'), wreck: (copy) => cutOff(join(copy, chain), 30) },
        { step: 'a staged commit', at: at('commit'), wreck: stage },
        { step: 'the locks of a killed git', at: at('commit'), wreck: leaveLocks },
      ];
      const cases = wrecks.map((wreck) => ({ ...wreck, story: 'rollback' as const }));
      await killAndCompare(directory, cases);
    });
  });
});

interface Killed {
  readonly story: StoryName;
  readonly step: string;
  /** The number of the step, from 1. */
  readonly at: number;
  readonly wreck: Wreck;
}

const beside = (path: string): string => join(dirname(path), `.${path.slice(dirname(path).length + 1)}.slipway`);

async function stage(copy: string): Promise<void> {
  await gitIn(copy)(['add', '.']);
}

/** As git leaves them when it is killed while it commits; long enough ago not to be held by anybody. */
async function leaveLocks(copy: string): Promise<void> {
  const before = new Date(Date.now() - minutes(5));
  for (const name of ['slipway-intent.json', 'index.lock', 'HEAD.lock', 'refs/heads/main.lock']) {
    const path = join(copy, '.git', name);
    await appendFile(path, '');
    await utimes(path, before, before);
  }
}

async function cutOff(path: string, bytes: number): Promise<void> {
  await truncate(path, (await readFile(path)).length - bytes);
}

/** Writes one entry, then counts the steps of the story in a copy. */
async function stepsOf(directory: string, story: StoryName): Promise<readonly string[]> {
  await createGovernanceRecords({ directory }).write({
    kind: 'rollout-ended',
    eventId: 'first',
    rollout: aGoodCanary(),
  });
  const steps: string[] = [];
  await inCopy(directory, async (copy) => {
    await tell(createGovernanceRecords({ directory: copy, reached: (step) => steps.push(step) }), story);
  });
  return steps;
}

/** Kills a writer in one copy after another, completes them all side by side, and compares each with one that lived. */
async function killAndCompare(directory: string, cases: readonly Killed[]): Promise<void> {
  await inCopy(directory, async (untouched) => {
    const { story } = cases[0]!;
    await tell(createGovernanceRecords({ directory: untouched }), story);
    const wanted = { contents: await contents(untouched), subjects: await subjects(untouched) };
    const left: (() => Promise<void>)[] = [];
    await inCopies(directory, cases.length, async (copies) => {
      for (const [index, killed] of cases.entries()) {
        const copy = copies[index]!;
        const { signal } = await execa('node', [crashWriter, copy, killed.story, String(killed.at)], { reject: false });
        assert.equal(signal, 'SIGKILL', killed.step);
        await killed.wreck(copy);
        left.push(async () => {
          const records = createGovernanceRecords({ directory: copy });
          const first = await tell(records, killed.story);
          assert.deepEqual(await tell(records, killed.story), first, killed.step);
          assert.deepEqual(await contents(copy), wanted.contents, killed.step);
          assert.deepEqual(await subjects(copy), wanted.subjects, killed.step);
          assert.equal(await status(copy), '', killed.step);
          assert.deepEqual(await records.audit(), { verified: true, records: 2, findings: [] }, killed.step);
        });
      }
      // Side by side, as each waits for the dead writer's lock to grow stale.
      await Promise.all(left.map((complete) => complete()));
    });
  });
}

const inCopy = (directory: string, work: (copy: string) => Promise<void>): Promise<void> =>
  inCopies(directory, 1, ([copy]) => work(copy!));

async function inCopies(
  directory: string,
  count: number,
  work: (copies: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    const copies = Array.from({ length: count }, (_, index) => join(folder, String(index)));
    for (const copy of copies) await cp(directory, copy, { recursive: true });
    await work(copies);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
