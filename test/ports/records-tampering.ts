import assert from 'node:assert/strict';
import { hashOf, written } from '../../src/adapters/governance/chain.js';
import type { ChainLine } from '../../src/adapters/governance/chain.js';
import type { OpenedRecords } from './opened-records.js';

/** What somebody does to the records of `tell`, and the finding that must name it. */
interface Tampering {
  readonly sentence: string;
  readonly finding: RegExp;
  readonly tamper: (store: OpenedRecords) => Promise<void>;
}

const log = 'docs/change-log.md';
const chain = 'logs/audit/chain.jsonl';
const incident = 'artifacts/integration/incident-20261124T030400Z';
const archive = 'artifacts/integration/deployment-archive/change-20261124-01-shop';
const draft = 'docs/decisions/DEC-DEPLOY-0001-rollback-of-shop-1-1-0-in-production.md';

/** Every kind of record file, and the number of the entry that left it. */
const kinds: readonly { readonly what: string; readonly path: string; readonly number: number }[] = [
  { what: 'deploy log', path: 'logs/deployments/deploy_20261124T032000Z.json', number: 2 },
  { what: 'smoke log', path: 'logs/ci/smoke_tests_20261124T030100Z.log', number: 2 },
  { what: 'incident page', path: `${incident}/incident.md`, number: 3 },
  { what: 'incident record', path: `${incident}/incident.json`, number: 3 },
  { what: 'figure', path: `${incident}/04-observe.svg`, number: 3 },
  { what: 'follow-up', path: 'logs/follow-ups/FU-0001.json', number: 3 },
  { what: 'transcript', path: `${archive}/transcript.md`, number: 4 },
  { what: 'history', path: `${archive}/history-release-shop-change-20261124-01.json`, number: 4 },
];

/** Names of records that nobody wrote. */
const strangers = [
  'logs/deployments/deploy_20200101T000000Z.json',
  'logs/ci/smoke_tests_20200101T000000Z.log',
  'artifacts/integration/incident-20200101T000000Z/incident.md',
  'artifacts/integration/incident-20200101T000000Z/incident.json',
  'artifacts/integration/incident-20200101T000000Z/04-observe.svg',
  'logs/follow-ups/FU-0001_20200101T000000Z.json',
  `${archive}/history-release-shop-change-20200101-01.json`,
  'artifacts/integration/deployment-archive/change-20200101-01-shop/transcript.md',
];

const says = (path: string, what: string): RegExp => new RegExp(`^${escaped(path)}${what}`);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const files: readonly Tampering[] = [
  ...kinds.flatMap(({ what, path, number }) => [
    {
      sentence: `an altered ${what} is named`,
      tamper: (store: OpenedRecords) => change(store, path, (text) => `${text} `),
      finding: says(path, `: was altered since it was recorded as number ${number}$`),
    },
    {
      sentence: `a missing ${what} is named`,
      tamper: (store: OpenedRecords) => store.put(path, undefined),
      finding: says(path, `: is missing; it was recorded as number ${number}$`),
    },
  ]),
  {
    sentence: 'a missing decision draft is named',
    tamper: (store) => store.put(draft, undefined),
    finding: says(draft, ': is missing; it was recorded as number 3$'),
  },
  ...strangers.map((path) => ({
    sentence: `${path}, put in, is named`,
    tamper: (store: OpenedRecords) => store.put(path, '{}'),
    finding: says(path, ': was put in; the chain does not name it$'),
  })),
];

const rowsOfLog: readonly Tampering[] = [
  {
    sentence: 'an altered row of the Change Log is named',
    tamper: (store) =>
      change(store, log, (text) => text.replace('cutover approved by grace', 'cutover approved by mallory')),
    finding: /^docs\/change-log\.md: a row of change-20261124-01 was altered/,
  },
  {
    sentence: 'a missing row of the Change Log is named',
    tamper: (store) => change(store, log, (text) => text.replace(/.*\| planned shop.*\n/, '')),
    finding: /^docs\/change-log\.md: a row of change-20261124-01 is missing/,
  },
  {
    sentence: 'a missing Change Log is named by its rows',
    tamper: (store) => store.put(log, undefined),
    finding: /^docs\/change-log\.md: a row of change-20261124-01 is missing/,
  },
  {
    sentence: 'a row that is there twice is named',
    tamper: (store) => change(store, log, (text) => text.replace(/.*\| planned shop.*\n/, '$&$&')),
    finding: /^docs\/change-log\.md: a row of change-20261124-01 was put in/,
  },
  {
    sentence: 'a row with a number that was never given out is named',
    tamper: (store) =>
      change(store, log, (text) => `${text}| change-20261124-07 | now | deployed | shop | eve | ok |\n`),
    finding: /^docs\/change-log\.md: a row of change-20261124-07 was put in/,
  },
];

const linesOfChain: readonly Tampering[] = [
  {
    sentence: 'an altered line of the chain is named',
    tamper: (store) => change(store, chain, (text) => text.replace('"actor":"ada"', '"actor":"eve"')),
    finding: /^logs\/audit\/chain\.jsonl, line 1: was altered/,
  },
  {
    sentence: 'a line that was altered and sealed anew is named',
    tamper: (store) => editLines(store, ([first, ...others]) => [resealed({ ...first!, actor: 'eve' }), ...others]),
    finding: /^logs\/audit\/chain\.jsonl, line 2: does not follow the line before it/,
  },
  {
    sentence: 'the last line, altered and sealed anew, is named by the history',
    tamper: (store) =>
      editLines(store, (lines) => [...lines.slice(0, -1), resealed({ ...lines.at(-1)!, actor: 'eve' })]),
    finding: /^logs\/audit\/chain\.jsonl, line 4: was put in or altered: no commit records its hash$/,
  },
  {
    sentence: 'a line taken out of the chain is named',
    tamper: (store) => editLines(store, (lines) => lines.toSpliced(1, 1)),
    finding: /^logs\/audit\/chain\.jsonl, line 2: does not follow the line before it/,
  },
  {
    sentence: 'a line put in at the end, well sealed, is named',
    tamper: (store) =>
      editLines(store, (lines) => {
        const last = lines.at(-1)!;
        const forged = {
          ...last,
          eventId: 'forged',
          sequence: last.sequence + 1,
          previous: last.hash,
          files: [],
          rows: [],
        };
        return [...lines, resealed(forged)];
      }),
    finding: /^logs\/audit\/chain\.jsonl, line 5: was put in or altered: no commit records its hash$/,
  },
  {
    sentence: 'a line put in twice is named',
    tamper: (store) => editLines(store, (lines) => lines.toSpliced(2, 0, lines[1]!)),
    finding: /^logs\/audit\/chain\.jsonl, line 3: has sequence 2, wanted 3$/,
  },
  {
    sentence: 'two lines in each other’s place are named',
    tamper: (store) => editLines(store, ([one, two, three, four]) => [one!, three!, two!, four!]),
    finding: /^logs\/audit\/chain\.jsonl, line 2: has sequence 3, wanted 2$/,
  },
  {
    sentence: 'something else in the place of a line is named',
    tamper: (store) => change(store, chain, (text) => text.replace('\n', '\nnothing\n')),
    finding: /^logs\/audit\/chain\.jsonl, line 2: is not a line of the chain$/,
  },
  {
    sentence: 'a missing chain is named by the history, and its files as put in',
    tamper: (store) => store.put(chain, undefined),
    finding: /^commit .*: recorded sha256:[0-9a-f]{64}, which is no longer in the chain$/,
  },
];

/** Each case that an audit must find: every kind of file, row and line; altered, missing, put in. */
export const tampering: readonly Tampering[] = [...files, ...rowsOfLog, ...linesOfChain];

/** Puts an edited text in the place of a file's; it must differ. */
export async function change(store: OpenedRecords, path: string, edit: (text: string) => string): Promise<void> {
  const before = (await store.read(path)) ?? '';
  const after = edit(before);
  assert.notEqual(after, before, `the test changes nothing in ${path}`);
  await store.put(path, after);
}

function editLines(store: OpenedRecords, edit: (lines: readonly ChainLine[]) => readonly ChainLine[]): Promise<void> {
  return change(store, chain, (text) => {
    const lines = text.trimEnd().split('\n');
    return edit(lines.map((line) => JSON.parse(line) as ChainLine))
      .map(written)
      .join('');
  });
}

const resealed = (line: ChainLine): ChainLine => ({ ...line, hash: hashOf(line) });
