import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { cpSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { gitIn } from '../../src/adapters/governance/git.js';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { createMemoryPlots } from '../../src/adapters/memory/plots.js';
import { minutes } from '../../src/domain/duration.js';
import { aGoodCanary } from './stories.js';
import { contents, inRepository, status, subjects } from './repository.js';
import { settingsOf, stories, tell } from './told.js';
import type { StoryName } from './told.js';

const plots = createMemoryPlots();
const chain = 'logs/audit/chain.jsonl';
const crashWriter = fileURLToPath(new URL('crash-writer.js', import.meta.url));

/** What a crash at a step may leave behind besides: half a file, half a line, half a commit. */
type Wreck = (directory: string) => Promise<void>;

describe('fault 40: a writer that is killed', { concurrency: true }, () => {
  for (const story of stories)
    it(`before any step of "${story}" leaves what the next writer completes: nothing lost, nothing doubled`, async () => {
      await inRepository(async (directory) => {
        const steps = await stepsOf(directory, story);
        assert.ok(steps.length >= 5, steps.join());
        const drawn = randomInt(steps.length);
        await compare(directory, story, steps, async (copies) => {
          await stopAtEveryStep(directory, story, copies);
          await kill(directory, story, drawn + 1, copies[drawn]!);
        });
      });
    });

  it('in the middle of a step leaves pieces that the next writer takes away', async () => {
    await inRepository(async (directory) => {
      const steps = await stepsOf(directory, 'rollback');
      const at = (step: string): number => steps.findIndex((name) => name.startsWith(step)) + 1;
      const log = steps.find((step) => step.startsWith('file logs/deployments'))?.slice('file '.length) ?? '';
      const wrecks: readonly { step: string; at: number; wreck: Wreck }[] = [
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
      const names = wrecks.map(({ step }) => step);
      await compare(directory, 'rollback', names, async (copies) => {
        for (const [index, { at, wreck }] of wrecks.entries()) {
          await kill(directory, 'rollback', at, copies[index]!);
          await wreck(copies[index]!);
        }
      });
    });
  });
});

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
  await createGovernanceRecords({ directory, plots }).write({
    kind: 'rollout-ended',
    eventId: 'first',
    rollout: aGoodCanary(),
  });
  const steps: string[] = [];
  await inCopy(directory, async (copy) => {
    const reached = (step: string): void => void steps.push(step);
    await tell(createGovernanceRecords({ directory: copy, plots, ...settingsOf(story), reached }), story);
  });
  return steps;
}

/** A writer of a process of its own, in a fresh copy, that is killed when it reaches the step of this number, from 1. */
async function kill(directory: string, story: StoryName, at: number, copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  await cp(directory, copy, { recursive: true });
  const { signal } = await execa('node', [crashWriter, copy, story, String(at)], { reject: false });
  assert.equal(signal, 'SIGKILL', `step ${at}`);
}

/** One writer, and before each of its steps a copy of the disk: what a kill there would leave, its lock included. */
async function stopAtEveryStep(directory: string, story: StoryName, copies: readonly string[]): Promise<void> {
  await inCopy(directory, async (copy) => {
    let step = 0;
    const reached = (): void => cpSync(copy, copies[step++]!, { recursive: true });
    await tell(createGovernanceRecords({ directory: copy, plots, ...settingsOf(story), reached }), story);
  });
}

/** Lets the next writer complete each copy that `stop` leaves, side by side, and compares them with one that lived. */
async function compare(
  directory: string,
  story: StoryName,
  steps: readonly string[],
  stop: (copies: readonly string[]) => Promise<void>,
): Promise<void> {
  await inCopy(directory, async (untouched) => {
    await tell(createGovernanceRecords({ directory: untouched, plots, ...settingsOf(story) }), story);
    const wanted = { contents: await contents(untouched), subjects: await subjects(untouched) };
    await inFolders(steps.length, async (copies) => {
      await stop(copies);
      // Side by side, as each waits for the dead writer's lock to grow stale.
      await Promise.all(
        steps.map(async (step, index) => {
          const copy = copies[index]!;
          const records = createGovernanceRecords({ directory: copy, plots, ...settingsOf(story) });
          const first = await tell(records, story);
          assert.deepEqual(await tell(records, story), first, step);
          assert.deepEqual(await contents(copy), wanted.contents, step);
          assert.deepEqual(await subjects(copy), wanted.subjects, step);
          assert.equal(await status(copy), '', step);
          assert.deepEqual(await records.audit(), { verified: true, records: 2, findings: [] }, step);
        }),
      );
    });
  });
}

const inCopy = (directory: string, work: (copy: string) => Promise<void>): Promise<void> =>
  inFolders(1, async ([copy]) => {
    await cp(directory, copy!, { recursive: true });
    await work(copy!);
  });

/** As many folders that are not there yet; they are removed afterwards. */
async function inFolders(count: number, work: (folders: readonly string[]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    await work(Array.from({ length: count }, (_, index) => join(folder, String(index))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
