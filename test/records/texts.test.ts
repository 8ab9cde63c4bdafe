import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import {
  changeLogPages,
  isFull,
  isTurned,
  pageAfter,
  turned,
} from '../../src/domain/decisions/records/change-log-pages.js';
import { cellsOf, emptyChangeLog, metRows, withRows } from '../../src/domain/decisions/records/change-log.js';
import type { DeployLog } from '../../src/domain/decisions/records/deploy-log.js';
import { nextChangeId, nextDecisionId } from '../../src/domain/decisions/records/numbers.js';
import { line, lines, link, md, segment, stamp, tableRow } from '../../src/domain/decisions/records/text.js';
import type { ProfileStamp } from '../../src/domain/release.js';
import * as expected from './expected.js';
import { flagDecision, flagRow } from './expected-flags.js';
import { aFlagSetBack } from './flag-stories.js';
import { aClosedRelease, aGoodCanary, anOrder, aRequest, aRolledBackCanary, aStagingRollout } from './stories.js';

/** Every record of one change, its hash of the entry before left out. */
async function recordsOf(
  profile: ProfileStamp = { name: 'spec-0701', compressed: false },
): Promise<readonly (readonly [string, string])[]> {
  const records = createMemoryRecords();
  const order = anOrder('change-20261124-01', { profile });
  await records.openChange({ eventId: 'open', request: aRequest({ profile }) });
  await records.write({ kind: 'rollout-ended', eventId: 'staging', rollout: aStagingRollout({ order }) });
  await records.write({ kind: 'rollout-ended', eventId: 'good', rollout: aGoodCanary({ order }) });
  await records.write({ kind: 'rollout-ended', eventId: 'back', rollout: aRolledBackCanary({ order }) });
  await records.write({ kind: 'release-closed', eventId: 'close', release: aClosedRelease({ order }) });
  return [...records.files].map(([path, text]) => [
    path,
    text.replace(/previous sha256:[0-9a-f]+/, 'previous sha256:…'),
  ]);
}

const find = (files: readonly (readonly [string, string])[], path: string): string =>
  files.find(([name]) => name.includes(path))?.[1] ?? `no ${path}`;

describe('what the records say', () => {
  const pages = [
    { path: 'docs/change-log.md', wanted: expected.changeLog },
    { path: 'smoke_tests_20261124T030500Z', wanted: expected.smokeLog },
    { path: 'incident.md', wanted: expected.incidentPage },
    { path: 'DEC-DEPLOY-0001', wanted: expected.decisionDraft },
    { path: 'transcript.md', wanted: expected.transcriptPage },
  ];
  for (const { path, wanted } of pages)
    it(`${path} tells the change as it was`, async () => {
      assert.equal(find(await recordsOf(), path), wanted);
    });

  it('the decision record of a flag tells why, who, what was seen and what is owed', async () => {
    const records = createMemoryRecords();
    await records.write({ kind: 'flag-changed', eventId: 'back', change: aFlagSetBack() });
    const files = [...records.files].map(
      ([path, text]) => [path, text.replace(/previous sha256:[0-9a-f]+/, '…')] as const,
    );
    assert.equal(find(files, 'DEC-DEPLOY-0001'), flagDecision);
    assert.equal(find(files, 'change-log.md').split('\n').at(-2), flagRow);
  });

  it('a deploy log begins with the eight fields of the spec, in its order', async () => {
    const log = JSON.parse(find(await recordsOf(), 'deploy_20261124T032000Z')) as DeployLog;
    assert.deepEqual(Object.entries(log).slice(0, 9), [
      ['timestamp', '2026-11-24T03:20:00Z'],
      ['environment', 'production'],
      ['version', 'v1.1.0'],
      ['commit', '1'.repeat(40)],
      ['operator', 'IMPLEMENTATION-WRANGLER'],
      ['strategy', 'canary'],
      ['approvals', ['GOVERNANCE-SENTINEL', 'SERVICE-OWNER']],
      ['verification', 'logs/ci/smoke_tests_20261124T030100Z.log'],
      ['change_id', 'change-20261124-01'],
    ]);
    assert.deepEqual(
      log.people.approvers.map(({ person, role, via, proved }) => [person, role, via, proved]),
      [
        ['grace', 'governance-sentinel', 'http', true],
        ['oscar', 'service-owner', 'temporal', false],
      ],
    );
  });

  it('approvals of another digest, plan or gate are not in the deploy log', async () => {
    const { approvals, ...rollout } = aGoodCanary();
    const other = [
      approvals.map((a) => ({ ...a, digest: 'sha256:other' })),
      approvals.map((a) => ({ ...a, planHash: 'other' })),
      approvals.map((a) => ({ ...a, gate: 'staging' })),
    ].flat();
    const records = createMemoryRecords();
    await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: { ...rollout, approvals: other } });
    const log = JSON.parse(find([...records.files], 'deploy_')) as DeployLog;
    assert.deepEqual(log.approvals, []);
    assert.match(find([...records.files], 'change-log'), /cutover approved by nobody/);
  });

  it('every record of a compressed profile says that it is no evidence', async () => {
    const files = await recordsOf({ name: 'demo', compressed: true });
    const silent = files.filter(
      ([, text]) => !text.includes('profile demo: windows compressed, not evidence for SPEC-0701'),
    );
    assert.deepEqual(
      silent.map(([path]) => path.replace(/.*\//, '')),
      ['chain.jsonl', 'history-release-shop-change-20261124-01.json'],
    );
    const rows = metRows(find(files, 'change-log'));
    assert.ok(
      rows.every(({ cells }) => cells[2]?.endsWith('[profile demo: windows compressed, not evidence for SPEC-0701]')),
    );
  });

  it('a rollback where nothing ran before, unseen by users, says so', async () => {
    const told = aRolledBackCanary();
    const { place, strategy, to, instances, generation, steps, hash } = told.plan;
    const plan = { place, strategy, to, instances, generation, steps, hash };
    const { demand, safeAt, timeToSafeMs } = told.outcome.rollback!;
    const rollback = { demand, safeAt, timeToSafeMs };
    const outcome = { ...told.outcome, smoke: [], observations: [], rollback };
    const records = createMemoryRecords();
    await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: { ...told, plan, outcome } });
    const page = find([...records.files], 'incident.md');
    for (const said of [
      'nothing runs now',
      'Users never met the candidate.',
      'Time to detect: none',
      'No observation window',
    ])
      assert.ok(page.includes(said), said);
    assert.equal((JSON.parse(find([...records.files], 'deploy_')) as DeployLog).verification, 'none');
  });

  it('an altered deploy log is not retold in the transcript', async () => {
    const records = createMemoryRecords();
    await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: aGoodCanary() });
    const path = 'logs/deployments/deploy_20261124T032000Z.json';
    records.files.set(path, '{"outcome":"forged"}');
    await records.write({ kind: 'release-closed', eventId: 'b', release: aClosedRelease() });
    const page = find([...records.files], 'transcript.md');
    assert.match(
      page,
      /## logs\/deployments\/deploy\\_20261124T032000Z\.json\n\nThis deploy log is missing or was altered/,
    );
    assert.doesNotMatch(page, /forged/);
  });
});

describe("people's text in records", () => {
  const table = [
    ['two\nlines', 'two lines'],
    ['a | b', 'a \\| b'],
    ['<script>&amp;', '&lt;script&gt;&amp;amp;'],
    ['[click](https://evil.test)', '\\[click\\](https\\://evil.test)'],
    ['![x](www.evil.test)', '\\!\\[x\\](www\\.evil.test)'],
    ['`code` *bold* _it_ ~no~ # h', '\\`code\\` \\*bold\\* \\_it\\_ \\~no\\~ \\# h'],
    ['\u001b[31mred\u0000\u202e\u200bx', '\\[31mred x'],
  ] as const;
  for (const [text, wanted] of table)
    it(`${JSON.stringify(text)} is shown as it is and does nothing`, () => {
      assert.equal(md(text), wanted);
    });

  it('is bounded in length, by whole characters', () => {
    assert.equal(line('🚀'.repeat(400)), `${'🚀'.repeat(299)}…`);
    assert.equal(md('x'.repeat(1_000_000), 10), 'xxxxxxxxx…');
  });

  it('cannot leave its cell, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 }), (texts) => {
        const cells = texts.map((text) => md(text));
        assert.deepEqual(cellsOf(tableRow(cells)), cells);
        assert.doesNotMatch(cells.join(' '), /[<>\n\r]/);
      }),
    );
  });

  it('keeps the lines of a log, without terminal colours and control characters', () => {
    assert.equal(lines('\u001b[32mok\u001b[0m\r\n\tb\u0007\r\nc\n\n'), 'ok\n\tb\nc\n');
  });
});

describe('the Change Log', () => {
  const row = '| change-20261124-01 | d | x | i | o | v |';

  it('is begun at the end where there is no table', () => {
    assert.equal(withRows('', [row]), `${emptyChangeLog}${row}\n`);
    assert.equal(withRows('# Notes', [row]), `# Notes\n\n${emptyChangeLog.split('\n').slice(2).join('\n')}${row}\n`);
  });

  it('keeps the line ends and all that people wrote', () => {
    const log = `\ufeff# Log\r\n\r\n${emptyChangeLog.split('\n').slice(2, 4).join('\r\n')}\r\n| by hand |`;
    assert.equal(withRows(log, [row]), `${log}\r\n${row}\r\n`);
    assert.equal(withRows(`${log}\r\n\r\nThe end.\n`, [row]), `${log}\r\n${row}\r\n\r\nThe end.\n`);
  });

  describe('that is full', () => {
    const head = emptyChangeLog.slice('# Change Log\n\n'.length);
    const rows = `${row}\n${row.replace('-01', '-02')}\n`;
    const page = 'docs/change-log-0001.md';

    it('is one whose own table has that many rows', () => {
      assert.deepEqual(
        ['', '# Notes', emptyChangeLog, `${emptyChangeLog}${row}\n`].map((log) => isFull(log, 1)),
        [false, false, false, true],
      );
      assert.equal(isFull(`${emptyChangeLog}${rows}\n| another | table |\n`, 3), false);
    });

    it('gives its rows to a page, names it, and keeps all that people wrote', () => {
      const log = `# Log\n\nAsk grace.\n\n${head}${rows}\nThe end.\n`;
      const { page: first, rest } = turned(log, page);
      assert.equal(first, `# Change Log, page 1\n\n${head}${rows}`);
      assert.equal(rest, `# Log\n\nAsk grace.\n\nEarlier: [page 1](change-log-0001.md)\n\n${head}\nThe end.\n`);
      assert.deepEqual([isTurned(log, page), isTurned(rest, page)], [false, true]);
    });

    it('names every page in one line', () => {
      const once = withRows(turned(`${emptyChangeLog}${rows}`, page).rest, [row]);
      const { page: second, rest } = turned(once, pageAfter([page]));
      assert.equal(second, `# Change Log, page 2\n\n${head}${row}\n`);
      assert.equal(
        rest,
        `# Change Log\n\nEarlier: [page 1](change-log-0001.md) · [page 2](change-log-0002.md)\n\n${head}`,
      );
    });

    it('has pages in the order of their numbers, and nothing else for one', () => {
      const paths = [
        'docs/change-log-10000.md',
        'docs/change-log-0002.md',
        'docs/change-log.md',
        'docs/change-log-a.md',
      ];
      assert.deepEqual(changeLogPages(paths), ['docs/change-log-0002.md', 'docs/change-log-10000.md']);
      assert.equal(pageAfter(changeLogPages(paths)), 'docs/change-log-10001.md');
      assert.equal(pageAfter([]), page);
    });
  });

  it('takes only ids that Slipway gives out for its own rows', () => {
    const ids = ['change-20261124-01', 'change-20261124-100', 'change-20261124-1', 'CHG-7', 'see change-20261124-01'];
    const met = metRows(ids.map((id) => `| ${id} | x |`).join('\n'));
    assert.deepEqual(
      met.map(({ changeId }) => changeId),
      ids.slice(0, 2),
    );
  });
});

describe('numbers and names', () => {
  it('the lowest free one is given out', () => {
    const used = new Set(['change-20261124-01', 'change-20261124-03', 'DEC-DEPLOY-0001']);
    assert.equal(
      nextChangeId('2026-11-24T23:59:59.999Z', (id) => used.has(id)),
      'change-20261124-02',
    );
    assert.equal(
      nextDecisionId((id) => used.has(id)),
      'DEC-DEPLOY-0002',
    );
  });

  it('a moment stands in a name without separators, in UTC', () => {
    assert.equal(stamp('2025-10-03T14:23:00.999Z'), '20251003T142300Z');
    assert.equal(stamp('2025-10-03T16:23:00+02:00'), '20251003T142300Z');
  });

  it('nothing leads out of a folder', () => {
    assert.equal(segment('../../etc/passwd'), 'etc-passwd');
    assert.equal(segment('release/shop/change-20261124-01'), 'release-shop-change-20261124-01');
    assert.equal(segment('…'), 'unnamed');
  });

  it('links lead from one record to the other', () => {
    assert.equal(link('x', { from: 'docs/change-log.md', to: 'docs/decisions/D.md' }), '[x](decisions/D.md)');
    assert.equal(link('x', { from: 'docs/change-log.md', to: 'logs/ci/s.log' }), '[x](../logs/ci/s.log)');
  });
});
