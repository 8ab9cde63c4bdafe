import type { RecordedEntry, RecordedFile } from '../../audit.js';
import { after } from '../../duration.js';
import {
  dayOf,
  type Duty,
  type FollowUp,
  type FollowUpPolicy,
  type FollowUpWord,
  type NewFollowUp,
  usualFollowUps,
} from '../../follow-up.js';
import type { ProfileStamp } from '../../release.js';
import { changeLogPath, renderRow } from './change-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { type ChainPlace, json, notice, type RecordedEvent, type RecordFile } from './facts.js';
import { freeName, nextFollowUpId } from './numbers.js';
import { line, link, md, shown, stamp, table } from './text.js';

/** The folder of what is kept of follow-ups: each one as it was opened, and each word on it beside it. */
export const followUpsFolder = 'logs/follow-ups';

const openedPath = (id: string): string => `${followUpsFolder}/${id}.json`;

/** Where follow-ups, and what was said of them, are recorded. */
export const followUpPaths = (entries: readonly RecordedEntry[]): readonly string[] =>
  entries.flatMap(({ paths }) => paths.filter((path) => path.startsWith(`${followUpsFolder}/`)));

/** What those records say, in their order, but for any that is not as it was written. */
export function followUpsIn(files: readonly RecordedFile[]): {
  readonly opened: readonly FollowUp[];
  readonly words: readonly FollowUpWord[];
} {
  const intact = files.filter((file) => file.intact);
  const read = (isOpening: boolean): readonly unknown[] =>
    intact
      .filter(({ path }) => /\/FU-\d+\.json$/.test(path) === isOpening)
      .map(({ text }) => withoutPlace(JSON.parse(text) as object));
  return { opened: read(true) as readonly FollowUp[], words: read(false) as readonly FollowUpWord[] };
}

/** Without what every record carries. */
const withoutPlace = (record: object): unknown =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'chain' && name !== 'notice'));

/** What a record leaves to be done, each by the policy with its number. */
export function openedBy(
  of: Pick<NewFollowUp, 'changeId' | 'at' | 'from'> & { readonly service?: string; readonly policy?: FollowUpPolicy },
  owed: readonly (readonly [Duty, string])[],
  { isTaken }: Pick<RecordFacts, 'isTaken'>,
): readonly FollowUp[] {
  const { policy = usualFollowUps, ...about } = of;
  const chosen = new Set<string>();
  return owed.map(([duty, what]) => {
    const id = nextFollowUpId((other) => chosen.has(other) || isTaken(openedPath(other)));
    chosen.add(id);
    const { owner, due } = policy.duties[duty];
    return { id, ...about, duty, what: line(what, 1_000), owner, due: dayOf(after(of.at, due)), by: 'slipway' };
  });
}

/** What is left to do of a draft of a decision. */
export const owedOfDecision = (id: string): readonly (readonly [Duty, string])[] => [
  ['root-cause', `write root cause and prevention steps into ${id}`],
  ['decision', `review and decide ${id}`],
];

/** Each follow-up as a file of its own. */
export function followUpFiles(
  opened: readonly FollowUp[],
  { chain, profile }: { readonly chain: ChainPlace; readonly profile?: ProfileStamp },
): readonly RecordFile[] {
  const shortened = profile && notice(profile);
  const more = { ...(shortened !== undefined && { notice: shortened }), chain };
  return opened.map((one) => ({ path: openedPath(one.id), content: json({ ...one, ...more }) }));
}

/** What records repeat of a follow-up. */
export type PlannedFollowUp = Pick<FollowUp, 'id' | 'what' | 'owner' | 'due'>;

/** The follow-ups as a Markdown table, each a link to its record. `from` is where it stands. */
export const followUpTable = (owed: readonly PlannedFollowUp[], from: string): string =>
  table(
    ['id', 'what', 'owner', 'due (UTC)'],
    owed.map((f) => [link(f.id, { from, to: openedPath(f.id) }), md(f.what, 1_000), md(f.owner), f.due]),
  );

/** The same in a row of the Change Log. */
export const followUpPhrase = (owed: readonly FollowUp[]): string =>
  owed
    .map(
      (f) =>
        `${link(f.id, { from: changeLogPath, to: openedPath(f.id) })} ${md(f.what, 1_000)} (${md(f.owner)}, due ${f.due})`,
    )
    .join('; ');

type Opened = Extract<RecordedEvent, { kind: 'follow-up-opened' }>;

/** A person has found something to be done. */
export function openedFollowUp({ kind, eventId, opened }: Opened, facts: RecordFacts): DecidedEntry {
  const id = nextFollowUpId((other) => facts.isTaken(openedPath(other)));
  const { at, by, changeId } = opened;
  const followUp: FollowUp = { id, ...opened, what: line(opened.what, 1_000), by: line(by, 80) };
  const files = followUpFiles([followUp], facts);
  const description = `follow-up ${followUpPhrase([followUp])}`;
  return {
    ...{ at, kind, eventId, actor: line(by, 80), changeId, files },
    rows: [renderRow({ ...rowOf(followUp, { at, by }), description, verification: 'open' })],
    subject: line(`follow-up ${id} of ${changeId} opened`, 120),
  };
}

type Said = Extract<RecordedEvent, { kind: 'follow-up-said' }>;

/** A follow-up was closed, or is another's, or due on another day: a row, and what was said in the chain. */
export function saidOfFollowUp({ kind, eventId, word, of }: Said, facts: RecordFacts): DecidedEntry {
  const { at, by, id } = word;
  const path = freeName((more) => `${followUpsFolder}/${id}_${stamp(at)}${more}.json`, facts.isTaken);
  const said: FollowUpWord = { ...word, by: line(by, 80), comment: line(word.comment, 1_000) };
  return {
    ...{ at, kind, eventId, actor: line(by, 80), changeId: of.changeId },
    files: [{ path, content: json({ ...said, chain: facts.chain }) }],
    rows: [
      renderRow({
        ...rowOf(of, word),
        description: `follow-up ${link(id, { from: changeLogPath, to: openedPath(id) })} ${saidPhrase(said, of)}`,
        verification: `${word.kind}: ${[link('said', { from: changeLogPath, to: path }), ...shownIn(said)].join(', ')}`,
      }),
    ],
    subject: line(`follow-up ${id} of ${of.changeId} ${word.kind}`, 120),
  };
}

const rowOf = (
  of: Pick<FollowUp, 'changeId' | 'service' | 'id'>,
  { at, by }: { readonly at: string; readonly by: string },
) => ({
  changeId: of.changeId,
  date: shown(at),
  impactedIds: [...(of.service === undefined ? [] : [md(of.service)]), 'SPEC-0701', of.id].join(', '),
  operator: md(by, 80),
});

function saidPhrase({ kind, at, comment, owner, due }: FollowUpWord, of: FollowUp): string {
  const what = `${md(of.what, 1_000)}: ${md(comment, 1_000)}`;
  if (kind === 'closed') return `closed${dayOf(at) > of.due ? ` late (it was due ${of.due})` : ''}: ${what}`;
  const to = [
    ...(owner === undefined ? [] : [`given to ${md(owner)}, was ${md(of.owner)}`]),
    ...(due === undefined ? [] : [`due ${due}, was ${of.due}`]),
  ];
  return `${to.join(', ')}: ${what}`;
}

const shownIn = ({ record }: FollowUpWord): readonly string[] =>
  record ? [`${link('record', { from: changeLogPath, to: record.path })}, sha256 ${record.hash.slice(0, 12)}`] : [];
