import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gitIn } from '../../src/adapters/governance/git.js';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';
import { aFlagChange } from './flag-stories.js';
import { aGoodCanary, anOrder, aRequest, aRolledBackCanary } from './stories.js';
import { inRepository, status, subjects } from './repository.js';
import { tell } from './told.js';

const inside = (sentence: string, story: (directory: string) => Promise<void>): void => {
  it(sentence, () => inRepository(story));
};

describe('the governance repository', () => {
  inside('is begun once: a commit, and the folder of Slipway kept out', async (directory) => {
    await initGovernanceRepository(directory);
    assert.equal(await readFile(join(directory, '.gitignore'), 'utf8'), '.slipway/\n');
    assert.deepEqual(await subjects(directory), ['Governance repository begun']);
  });

  it('is never the repository of somebody else around it', async () => {
    const outer = await mkdtemp(join(tmpdir(), 'slipway-'));
    try {
      await gitIn(outer)(['init', '--quiet']);
      const directory = join(outer, 'governance');
      await mkdir(directory);
      const records = createGovernanceRecords({ directory });
      await assert.rejects(records.audit(), /governance is not the top of a git repository: run `slipway init` there/);
      await initGovernanceRepository(directory);
      assert.equal((await records.audit()).verified, true);
    } finally {
      await rm(outer, { recursive: true });
    }
  });

  it('may be without a commit', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-'));
    try {
      await gitIn(directory)(['init', '--quiet', '--initial-branch=main']);
      await tell(createGovernanceRecords({ directory }), 'open');
      assert.deepEqual(await subjects(directory), ['change-20261124-01: shop 1.1.0 planned for staging, production']);
      assert.equal(await status(directory), '');
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('a record', () => {
  inside('of a flag is committed together with the file that says so', async (directory) => {
    await mkdir(join(directory, 'method/config'), { recursive: true });
    await writeFile(join(directory, 'method/config/features.yml'), 'flags: {}\n');
    await createGovernanceRecords({ directory }).write({ kind: 'flag-changed', eventId: 'a', change: aFlagChange() });
    assert.equal(await status(directory), '');
  });

  inside('is committed with the actor as author and names itself in trailers', async (directory) => {
    const records = createGovernanceRecords({ directory });
    const { hash } = await records.write({ kind: 'rollout-ended', eventId: 'a/b', rollout: aGoodCanary() });
    assert.equal(
      await gitIn(directory)(['log', '-1', '--format=%an <%ae> %aI%n%cn <%ce>%n%B']),
      [
        'ada <ada@slipway.invalid> 2026-11-24T03:20:00+00:00',
        'Slipway <slipway@slipway.invalid>',
        'change-20261124-01: shop 1.1.0 deployed to production',
        '',
        'Change-Id: change-20261124-01',
        'Event-Id: a/b',
        `Record-Hash: ${hash}`,
        '',
      ].join('\n'),
    );
  });

  inside('of a rollback is the doing of who demanded it: a person, or Slipway itself', async (directory) => {
    const records = createGovernanceRecords({ directory });
    const byJudge = aRolledBackCanary();
    const { rollback } = byJudge.outcome;
    assert.ok(rollback);
    const demand = { ...rollback.demand, by: 'Grace <x>\n\u202eH.', cause: 'person' as const };
    const byPerson = { ...byJudge, outcome: { ...byJudge.outcome, rollback: { ...rollback, demand } } };
    await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: byJudge });
    await records.write({ kind: 'rollout-ended', eventId: 'b', rollout: byPerson });
    const authors = await gitIn(directory)(['log', '-2', '--format=%an <%ae>']);
    assert.equal(authors, 'Grace x H. <Grace-x-H.@slipway.invalid>\nslipway <slipway@slipway.invalid>');
  });

  inside('takes nothing along that others have staged, changed or left lying about', async (directory) => {
    const git = gitIn(directory);
    await writeFile(join(directory, 'tracked'), 'one');
    await git(['add', 'tracked']);
    await git(['commit', '--quiet', '-m', 'by hand']);
    await writeFile(join(directory, 'tracked'), 'two');
    await writeFile(join(directory, 'staged'), 'three');
    await git(['add', 'staged']);
    await writeFile(join(directory, 'untracked'), 'four');
    await tell(createGovernanceRecords({ directory }), 'rollback');
    assert.equal(await status(directory), 'A  staged\n M tracked\n?? untracked');
    assert.doesNotMatch(await git(['show', '--name-only', '--format=', 'HEAD']), /tracked|staged/);
  });

  inside(
    'is committed where logs are ignored, a merge is under way, hooks refuse and HEAD is detached',
    async (directory) => {
      const git = gitIn(directory);
      await writeFile(join(directory, '.gitignore'), '.slipway/\nlogs/\n*.md\n');
      await git(['commit', '--quiet', '-am', 'ignore logs']);
      await git(['config', 'commit.gpgSign', 'true']);
      await writeFile(join(directory, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      await git(['checkout', '--quiet', '-b', 'side']);
      await git(['commit', '--quiet', '--allow-empty', '-m', 'side']);
      await git(['checkout', '--quiet', '--detach', 'main']);
      await git(['commit', '--quiet', '--allow-empty', '-m', 'main']);
      await git(['merge', '--quiet', '--no-ff', '--no-commit', 'side']);
      await tell(createGovernanceRecords({ directory }), 'rollback');
      assert.match(await git(['show', '--name-only', '--format=', 'HEAD']), /^logs\/deployments\/deploy_/m);
      await git(['commit', '--quiet', '-m', 'merged']);
      assert.equal(await git(['diff', '--name-only', 'HEAD~1', 'HEAD']), '');
    },
  );

  inside('finds its repository whatever a surrounding git says', async (directory) => {
    process.env['GIT_DIR'] = join(directory, 'nowhere');
    try {
      await tell(createGovernanceRecords({ directory }), 'open');
    } finally {
      delete process.env['GIT_DIR'];
    }
    assert.equal((await subjects(directory)).length, 2);
  });

  inside('waits while somebody else commits', async (directory) => {
    const lock = join(directory, '.git/index.lock');
    await writeFile(lock, '');
    const written = tell(createGovernanceRecords({ directory, reached: free }), 'open');
    function free(step: string): void {
      if (step === 'commit') setTimeout(() => void rm(lock), 250);
    }
    await written;
    assert.equal(await status(directory), '');
  });

  inside('that could not be committed is completed with the next one', async (directory) => {
    const lock = join(directory, '.git/index.lock');
    const records = createGovernanceRecords({ directory });
    await writeFile(lock, '');
    await assert.rejects(tell(records, 'open'), /git is held by another process/);
    await rm(lock);
    await tell(records, 'rollback');
    assert.deepEqual((await subjects(directory)).slice(1), [
      'change-20261124-01: shop 1.1.0 planned for staging, production',
      'change-20261124-01: shop 1.1.0 rolled back in production',
    ]);
    assert.deepEqual(await records.audit(), { verified: true, records: 2, findings: [] });
  });

  inside('is not written over a file that was put in its way meanwhile', async (directory) => {
    let stands = '';
    const reached = (step: string): void => {
      if (stands === '' && step.startsWith('file ')) {
        stands = step.slice('file '.length);
        throw new Error('stopped');
      }
    };
    const records = createGovernanceRecords({ directory, reached });
    await assert.rejects(tell(records, 'rollback'), /stopped/);
    await mkdir(join(directory, 'logs/ci'), { recursive: true });
    await writeFile(join(directory, stands), 'by hand');
    await assert.rejects(tell(records, 'rollback'), /is there already and holds something else; move it away/);
    await rm(join(directory, stands));
    await tell(records, 'rollback');
    assert.equal((await records.audit()).verified, true);
  });
});

describe('several writers on one repository', () => {
  inside('give out every number once, and leave one chain', async (directory) => {
    const writers = [1, 2, 3].map(() => createGovernanceRecords({ directory }));
    const opened = await Promise.all(
      Array.from({ length: 9 }, (_, n) =>
        writers[n % 3]!.openChange({ eventId: `event-${n % 6}`, request: aRequest() }),
      ),
    );
    const ids = new Set(opened.map(({ changeId }) => changeId));
    assert.deepEqual(
      [...ids].sort(),
      [1, 2, 3, 4, 5, 6].map((n) => `change-20261124-0${n}`),
    );
    assert.deepEqual(await writers[0]!.audit(), { verified: true, records: 6, findings: [] });
  });

  inside('see what a person did to the chain in between', async (directory) => {
    const records = createGovernanceRecords({ directory });
    await tell(records, 'open');
    await appendFile(join(directory, 'logs/audit/chain.jsonl'), 'not a line\n');
    const { sequence } = await tell(records, 'rollback');
    assert.equal(sequence, 2);
    assert.deepEqual((await records.audit()).findings, ['logs/audit/chain.jsonl, line 2: is not a line of the chain']);
  });
});

describe('the hundredth change of a day', () => {
  inside('gets a third digit', async (directory) => {
    const log = join(directory, 'docs/change-log.md');
    const records = createGovernanceRecords({ directory });
    await tell(records, 'open');
    const ids = Array.from(
      { length: 98 },
      (_, n) => `| change-20261124-${String(n + 2).padStart(2, '0')} | by hand |\n`,
    );
    await appendFile(log, ids.join(''));
    const { changeId } = await records.openChange({ eventId: 'hundred', request: aRequest() });
    assert.equal(changeId, 'change-20261124-100');
    const rollout = aGoodCanary({ order: anOrder(changeId) });
    await records.write({ kind: 'rollout-ended', eventId: 'rollout', rollout });
    assert.match(await readFile(log, 'utf8'), /\| change-20261124-100 \| 2026-11-24 03:20:00 \| deployed/);
  });
});
