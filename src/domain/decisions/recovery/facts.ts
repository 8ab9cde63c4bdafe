import type { RecordedEntry, RecordedFile } from '../../audit.js';
import type { DrillOutcome } from '../../drill.js';
import type { Instant, Milliseconds } from '../../duration.js';
import { readOpening, type KnownChanges, type PlaceNow, type Remembered } from '../../recovery.js';
import type { ReleaseOutcomeKind } from '../../release.js';
import type { DeployLog } from '../records/deploy-log.js';
import { recoveriesIn } from '../records/reconciled.js';

/** One change of a service, as the records know it. */
export interface RecordedStory {
  readonly changeId: string;
  readonly key: string;
  readonly openedAt: Instant;
  /** The row that planned it; empty where it is not as it was recorded. */
  readonly planned: string;
  readonly operator: string;
  readonly logs: readonly DeployLog[];
  readonly paths: readonly string[];
  /** How it ended, by its transcript; missing of one that is open. */
  readonly closed?: Ending & { readonly at: Instant };
}

interface Ending {
  readonly kind: ReleaseOutcomeKind;
  readonly reason: string;
  readonly environment?: string;
}

/** All that a mailbox is restored from. */
export interface RecoveryFacts {
  readonly service: string;
  readonly now: Instant;
  readonly found?: string;
  readonly places: readonly PlaceNow[];
  /** The latest changes, oldest first. */
  readonly stories: readonly RecordedStory[];
  /** Changes that the records hold beyond those. */
  readonly older: number;
  readonly drills: readonly DrillOutcome[];
  /** Changes whose review was held. */
  readonly reviewed: readonly string[];
  /** Lost before, and said so then. */
  readonly lostBefore: Readonly<Record<string, string>>;
  readonly known: KnownChanges;
  /** Of those that are open in the records: the ones that the engine carries on. */
  readonly carried: readonly string[];
  readonly memory: Remembered;
  readonly reviewWithin: Milliseconds;
}

/** What is read of the records for one service: its latest changes, and all that stands beside changes. */
export function recordsOf(service: string, entries: readonly RecordedEntry[], most: number) {
  const openings = entries.filter(
    ({ kind, eventId }) => kind === 'change-opened' && readOpening(eventId)?.service === service,
  );
  const latest = openings.slice(-most);
  const ids = new Set(latest.map(({ changeId }) => changeId));
  const isDrill = ({ kind, eventId }: RecordedEntry): boolean =>
    kind === 'drill-ended' && eventId.startsWith(`drill/${service}/`);
  return {
    openings: latest,
    older: openings.length - latest.length,
    ofChanges: entries.filter(({ changeId }) => ids.has(changeId)),
    drills: entries.filter(isDrill).slice(-most),
    reviewed: entries.flatMap(({ kind, changeId }) => (kind === 'debt-settled' ? [changeId] : [])),
  };
}

/** The stories of these changes; a file that is not as it was recorded tells nothing. */
export function storiesOf(
  { openings, ofChanges }: Pick<ReturnType<typeof recordsOf>, 'openings' | 'ofChanges'>,
  files: readonly RecordedFile[],
  rows: Readonly<Record<string, readonly (readonly string[])[]>>,
): readonly RecordedStory[] {
  const texts = new Map(files.flatMap(({ path, text, intact }) => (intact ? [[path, text] as const] : [])));
  return openings.map(({ changeId, eventId, at }) => {
    const own = ofChanges.filter((entry) => entry.changeId === changeId);
    const paths = own.flatMap((entry) => entry.paths);
    const [planned = []] = rows[changeId] ?? [];
    const end = own.find(({ kind }) => kind === 'release-closed');
    return {
      ...{ changeId, key: readOpening(eventId)?.key ?? '', openedAt: at, paths },
      ...{ planned: planned[2] ?? '', operator: (planned[4] ?? '').replace(/ \(.*$/, '') },
      logs: paths.filter(isDeployLog).flatMap((path) => parsed(texts.get(path)) as readonly DeployLog[]),
      ...(end && { closed: { ...ending(end.paths.map((path) => texts.get(path) ?? '')), at: end.at } }),
    };
  });
}

/** The files that stories are told from. */
export const storyPaths = (entries: readonly RecordedEntry[]): readonly string[] =>
  entries.flatMap(({ paths }) => paths.filter((path) => isDeployLog(path) || path.endsWith('/transcript.md')));

/** Drills as they ended, oldest first; their evidence names the record by its hash. */
export const drillsIn = (files: readonly RecordedFile[], hashOf: (text: string) => string): readonly DrillOutcome[] =>
  files.flatMap(({ path, text, intact }) =>
    (intact ? (parsed(text) as readonly RecordedDrill[]) : []).map((drill) => ({
      ...{ kind: drill.drill, environment: drill.environment, by: drill.asked_by, at: drill.ended_at },
      ...{ reason: drill.reason, record: { path, hash: hashOf(text) } },
      ...(drill.time_to_safe_ms !== undefined && { timeToSafeMs: drill.time_to_safe_ms }),
    })),
  );

/** By change: what an earlier reconciliation has said of one that was lost. */
export const lostIn = (files: readonly RecordedFile[]): Readonly<Record<string, string>> =>
  Object.fromEntries(recoveriesIn(files).flatMap(({ lost }) => lost.map(({ changeId, said }) => [changeId, said])));

interface RecordedDrill {
  readonly drill: DrillOutcome['kind'];
  readonly environment: string;
  readonly asked_by: string;
  readonly ended_at: Instant;
  readonly reason: string;
  readonly time_to_safe_ms?: Milliseconds;
}

const isDeployLog = (path: string): boolean => path.startsWith('logs/deployments/');

/** The hash says that these are the letters that were written. */
const parsed = (text: string | undefined): readonly unknown[] => (text === undefined ? [] : [JSON.parse(text)]);

const kinds: readonly ReleaseOutcomeKind[] = [
  ...(['succeeded', 'rolled-back', 'refused', 'withdrawn', 'aborted', 'taken-over', 'failed'] as const),
];

/** As the last part of a transcript says it: `- refused in production: grace rejected it`. */
function ending(texts: readonly string[]): Ending {
  const outcome = texts.map((text) => /^## Outcome\n\n- ([a-z-]+)(?: in (\S+))?: (.*)$/m.exec(text)).find(Boolean);
  const [, word, environment, reason = ''] = outcome ?? [];
  const kind = kinds.find((one) => one === word);
  if (!kind) return { kind: 'failed', reason: 'its transcript cannot be read as it was recorded' };
  return { kind, reason: plain(reason), ...(environment !== undefined && { environment }) };
}

/** What `md` made of it, taken back. */
const plain = (text: string): string =>
  text.replace(/\\(?=[^\w\s])/g, '').replace(/&(lt|gt|amp);/g, (_, name) => entities[String(name)] ?? '');

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&' };
