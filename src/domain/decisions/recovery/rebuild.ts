import { evidenceOfDrill } from '../../drill.js';
import { after } from '../../duration.js';
import type { Debt } from '../../emergency.js';
import type { Evidence } from '../../readiness.js';
import type { LostChange, PlaceNow, Reconciliation } from '../../recovery.js';
import type { ReleaseOutcome } from '../../release.js';
import { type Accepted, type Running, type Veto, remembered } from '../../service.js';
import { withVeto } from '../../standing.js';
import { changeLogPath } from '../records/change-log.js';
import type { RecoveryFacts, RecordedStory } from './facts.js';
import { restoredSentences, unknownSentences } from './sentences.js';
import { artifactOf, versionOf, walk, type Walked } from './walk.js';

/**
 * What a mailbox is to know, from the records and the world. What runs is what the platform shows; what was before it,
 * and what must not come again, is what the records tell. What neither can tell is said, and taken as missing.
 */
export function rebuild(facts: RecoveryFacts): Reconciliation {
  const { service, now, found, stories, known } = facts;
  const walked = walk(stories.flatMap(({ logs }) => logs).toSorted((a, b) => a.ended_at.localeCompare(b.ended_at)));
  const lost = stories.filter((story) => isLost(story, facts)).map((story) => lostChange(story, facts));
  const drilled = [facts.memory.drilled, ...facts.drills]
    .flatMap((one) => one ?? [])
    .toSorted(byTime)
    .at(-1);
  const rebuilt = {
    ...{ service, at: now, lost },
    ...(found !== undefined && { found }),
    running: runningNow(facts, walked),
    latest: latestOf(facts, lost),
    accepted: acceptedOf(stories),
    vetoes: walked.vetoes.reduce(withLater, facts.memory.vetoes ?? []),
    debts: debtsOf(facts),
    evidence: evidenceNow(facts),
    ...(drilled && { drilled }),
    over: known.open.filter((changeId) => !facts.carried.includes(changeId)),
  };
  return { ...rebuilt, restored: restoredSentences(rebuilt, facts), unknown: unknownSentences(rebuilt, facts) };
}

/** Open in the records, carried on by nobody, and not said to be lost before. */
const isLost = ({ changeId, closed }: RecordedStory, { carried, lostBefore }: RecoveryFacts): boolean =>
  !closed && !carried.includes(changeId) && lostBefore[changeId] === undefined;

function lostChange({ changeId, planned, logs }: RecordedStory, { service, places }: RecoveryFacts): LostChange {
  const version = versionIn(planned, service) ?? versionOf(logs.at(-1)?.version ?? 'of a version that is not known');
  const left = places.find((place) => carries(place, version));
  const where = logs.filter(({ outcome }) => outcome === 'adopted').map(({ environment }) => environment);
  const until = where.length > 0 ? ` after it was adopted in ${where.join(', ')}` : '';
  const users =
    left === undefined || 'unseen' in left
      ? 'users are where they were'
      : `${left.share} % of the users of ${left.environment} stay on it until somebody brings them back: slipway rollback ${service} --environment ${left.environment} --reason "…"`;
  return { changeId, version, said: `the engine's data were lost while it was under way${until}; ${users}` };
}

const carries = (place: PlaceNow, version: string): boolean =>
  !('unseen' in place) && place.share > 0 && place.candidate?.version === version;

/** The planned row says it: `planned shop 1.1.0 for …`. */
const versionIn = (planned: string, service: string): string | undefined =>
  new RegExp(`(?:planned|: |\\) )\\s*${service.replace(/[^\w-]/g, '')} (\\S+) for `).exec(planned)?.[1];

function runningNow({ places, now }: RecoveryFacts, { running, adoptions }: Walked): Readonly<Record<string, Running>> {
  const all: Record<string, Running> = {};
  for (const place of places) {
    const { environment } = place;
    const told = running[environment];
    if ('unseen' in place) {
      if (told) all[environment] = told;
    } else if (place.stable && told?.current.digest === place.stable.digest)
      all[environment] = { ...told, current: place.stable };
    else if (place.stable) {
      const known = adoptions[`${environment}/${place.stable.digest}`];
      all[environment] = { current: place.stable, ...(known ?? { since: now, changeId: '' }) };
    }
  }
  return all;
}

/** How the latest changes ended, newest first. */
function latestOf(facts: RecoveryFacts, lost: readonly LostChange[]): readonly ReleaseOutcome[] {
  return facts.stories
    .flatMap((story) => {
      const said = lost.find(({ changeId }) => changeId === story.changeId)?.said ?? facts.lostBefore[story.changeId];
      if (story.closed) return [outcomeOf(story, story.closed, facts)];
      return said === undefined ? [] : [lostOutcome(story, said, facts)];
    })
    .slice(-remembered.outcomes)
    .toReversed();
}

function lostOutcome(story: RecordedStory, said: string, facts: RecoveryFacts): ReleaseOutcome {
  const outcome = outcomeOf(story, { kind: 'failed', reason: `lost: ${said}` }, facts);
  const left = facts.places.find((place) => carries(place, outcome.version));
  return { ...outcome, lost: true, ...(left && { environment: left.environment }) };
}

function outcomeOf(
  { changeId, planned, logs, paths }: RecordedStory,
  { kind, reason, environment }: Pick<ReleaseOutcome, 'kind' | 'reason' | 'environment'>,
  { service }: RecoveryFacts,
): ReleaseOutcome {
  const last = logs.at(-1);
  const version = versionIn(planned, service) ?? versionOf(last?.version ?? '');
  const adopted = logs.flatMap((log) => (log.outcome === 'adopted' ? [log.environment] : []));
  const artifact = last && versionOf(last.version) === version ? artifactOf(last) : undefined;
  return {
    ...{ kind, changeId, service, version, reason, adopted },
    ...(environment !== undefined && { environment }),
    ...(artifact && { artifact }),
    // What was recorded of it, so that it is not taken for one of whose end nothing is known.
    records: paths.length > 0 ? paths : [changeLogPath],
  };
}

/** A key that was used is answered as before, and releases nothing again. */
const acceptedOf = (stories: readonly RecordedStory[]): Readonly<Record<string, Accepted>> =>
  Object.fromEntries(
    stories.slice(-remembered.keys).map(({ key, changeId }) => [key, { changeId, fingerprint: '', ahead: 0 }]),
  );

/** A person's veto that is remembered stands, whatever the records tell of that version. */
const withLater = (vetoes: readonly Veto[], wanted: Veto): readonly Veto[] =>
  vetoes.some(({ version, at }) => version === wanted.version && at >= wanted.at) ? vetoes : withVeto(vetoes, wanted);

/** Emergency releases that changed something, and whose review nobody has held. */
function debtsOf({ stories, reviewed, memory, reviewWithin, now }: RecoveryFacts): readonly Debt[] {
  const told = stories.flatMap(({ changeId, logs, operator, closed }) => {
    const urgent = logs.find(({ emergency }) => emergency !== undefined);
    if (!urgent || urgent.strategy === 'recovery') return [];
    const at = closed?.at ?? now;
    const debt = { changeId, version: versionOf(urgent.version), reason: urgent.emergency ?? '', by: operator };
    return [{ ...debt, at, due: after(at, reviewWithin) }];
  });
  const kept = (memory.debts ?? []).filter(({ changeId }) => !told.some((debt) => debt.changeId === changeId));
  return [...kept, ...told].filter(({ changeId }) => !reviewed.includes(changeId));
}

/** The latest of each item: what is remembered, what drills have shown, and what people showed for a rollout, as old as it is. */
function evidenceNow({ memory, drills, stories }: RecoveryFacts): readonly Evidence[] {
  const shown = stories.flatMap(({ logs }) => logs.flatMap(({ readiness = [] }) => readiness.flatMap(asEvidence)));
  const all = [...(memory.evidence ?? []), ...drills.flatMap((drill) => evidenceOfDrill(drill) ?? []), ...shown];
  const latest = new Map<string, Evidence>();
  for (const one of all.toSorted(byTime)) latest.set(one.item, one);
  return [...latest.values()];
}

type Shown = NonNullable<RecordedStory['logs'][number]['readiness']>[number];

/** What the system saw of one artifact says nothing of the next. */
const asEvidence = ({ item, what, by, at, source, record }: Shown): readonly Evidence[] =>
  by === undefined || at === undefined || (source !== 'record' && source !== 'statement')
    ? []
    : [{ item: item as Evidence['item'], what, by, at, source, ...(record && { record }) }];

const byTime = (a: { readonly at: string }, b: { readonly at: string }): number => a.at.localeCompare(b.at);
