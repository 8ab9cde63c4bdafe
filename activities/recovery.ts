import { createHash } from 'node:crypto';
import { activityInfo, heartbeat } from '@temporalio/activity';
import { whyBehind } from '../src/domain/decisions/recovery/behind.js';
import { drillsIn, lostIn, recordsOf, storiesOf, storyPaths } from '../src/domain/decisions/recovery/facts.js';
import { rebuild } from '../src/domain/decisions/recovery/rebuild.js';
import { recoveryPaths } from '../src/domain/decisions/records/reconciled.js';
import type { Milliseconds } from '../src/domain/duration.js';
import { type Finding, keyOf } from '../src/domain/finding.js';
import { knownOf, type LatestRecorded, nothingKnown, reconciling } from '../src/domain/recovery.js';
import { releaseId } from '../src/messages.js';
import type { Records } from '../src/ports/records.js';
import type { Workflows } from '../src/ports/workflows.js';
import { beating } from './beating.js';
import type { RecoveryActivities } from './contract.js';
import { engineTime } from './engine-time.js';
import { withCodes } from './faults.js';
import { notYet } from './not-yet.js';

/** What the comparing of engine and records needs. */
export interface RecoveryTools {
  readonly records: Records;
  readonly workflows: Workflows;
  readonly services: readonly string[];
  /** Between two looks; what is seen twice is told. */
  readonly every: Milliseconds;
}

/** The latest changes of a service are looked at, so that it takes as long with many as with few. */
const most = 500;

/** The engine compared with the records, which outlive it. */
export function createRecoveryActivities(tools: RecoveryTools): RecoveryActivities {
  const { records, workflows } = tools;
  return withCodes<RecoveryActivities>({
    compareRecords: (ask) => compareRecords(tools, ask),

    async lookBehind({ service, known }) {
      const behind = whyBehind(await records.latestOf(service), known);
      return { ...(behind !== undefined && { behind }) };
    },

    async isRecorded({ changeId, environment }) {
      const entries = await records.entriesOf(changeId);
      return entries.some(({ eventId }) => eventId === `rollout/${changeId}/${environment}`);
    },

    planReconciliation: (ask) => beating(() => planReconciliation(tools, ask)),

    recordReconciliation: (reconciled) =>
      beating(async () => {
        const { service, at, over, by } = reconciled;
        for (const changeId of over)
          await workflows.endChange({
            workflowId: releaseId(service, changeId),
            ...{ changeId, reason: `reconciled with the records by ${by}` },
          });
        const eventId = `reconcile/${service}/${at}`;
        const { paths } = await records.write({ kind: 'service-reconciled', eventId, reconciled });
        return { paths };
      }),
  });
}

/**
 * Ends releases and changes of flags of which the records hold more than they have written: they are those of an older copy of the engine's
 * data, and would do again what was done. Traffic stands where it is. Answers their change ids.
 */
export async function endOvertaken({ records, workflows }: RecoveryTools): Promise<readonly string[]> {
  const ended: string[] = [];
  for (const { workflowId, changeId } of await workflows.runningChanges()) {
    if (changeId === '' || !(await isOvertaken({ records, workflows }, workflowId, changeId))) continue;
    await workflows.endChange({ workflowId, changeId, reason: 'the records hold more of it than it has written' });
    ended.push(changeId);
  }
  return ended;
}

/** The entries that a change asks for, one activity each. */
const ends: readonly string[] = ['rollout-ended', 'release-closed', 'flag-changed'];

async function isOvertaken(
  { records, workflows }: Pick<RecoveryTools, 'records' | 'workflows'>,
  workflowId: string,
  changeId: string,
): Promise<boolean> {
  const entries = await records.entriesOf(changeId);
  const written = entries.filter(({ kind }) => ends.includes(kind)).length;
  const asked = written === 0 ? undefined : await workflows.recordsAskedBy(workflowId);
  return asked !== undefined && written > asked;
}

/** What a comparing carries from look to look: in the engine, so that an older copy of it knows less and looks again. */
interface SoFar {
  readonly suspected: readonly Finding[];
  /** By service: the latest of the records when its mailbox knew it. */
  readonly agreed: Readonly<Record<string, LatestRecorded>>;
}

/** One look, once an attempt. What is seen for the first time is only suspected: an end may just be on its way. */
async function compareRecords(
  tools: RecoveryTools,
  { known }: { readonly known: readonly Finding[] },
): Promise<readonly Finding[]> {
  const before = activityInfo().heartbeatDetails as SoFar | undefined;
  const { suspected, agreed } = before ?? { suspected: known, agreed: {} };
  await endOvertaken(tools);
  const now: Record<string, LatestRecorded> = {};
  const seen: Finding[] = [];
  for (const service of tools.services) {
    const latest = await tools.records.latestOf(service);
    const why = isSame(agreed[service], latest) ? undefined : await whyBehindNow(tools, service, latest);
    if (why === undefined) now[service] = latest;
    else seen.push(findingOf(service, why, [...known, ...suspected]));
  }
  const confirmed = seen.filter((finding) => has(suspected, finding) || has(known, finding));
  if (confirmed.length !== known.length || !confirmed.every((finding) => has(known, finding))) return confirmed;
  heartbeat({ suspected: seen, agreed: now } satisfies SoFar);
  throw notYet('nothing has changed', tools.every);
}

async function whyBehindNow(
  { workflows }: Pick<RecoveryTools, 'workflows'>,
  service: string,
  latest: LatestRecorded,
): Promise<string | undefined> {
  if (!latest.opened && !latest.closed) return undefined;
  const standing = await workflows.standing(service);
  return whyBehind(latest, standing ? knownOf(standing) : nothingKnown);
}

const isSame = (a: LatestRecorded | undefined, b: LatestRecorded): boolean =>
  a?.opened?.changeId === b.opened?.changeId && a?.closed?.changeId === b.closed?.changeId;

function findingOf(service: string, why: string, before: readonly Finding[]): Finding {
  const command = `${reconciling(service)} --dry-run`;
  const text = `${service}: ${why}; nothing of it is released until somebody who operates has reconciled it`;
  const found = { kind: 'records-ahead', service, environment: '', text, command } as const;
  const since = before.find((finding) => keyOf(finding) === keyOf({ ...found, since: '' }))?.since;
  return { ...found, since: since ?? new Date().toISOString() };
}

const has = (findings: readonly Finding[], finding: Finding): boolean =>
  findings.some((other) => keyOf(other) === keyOf(finding));

async function planReconciliation(
  { records, workflows }: RecoveryTools,
  ask: Parameters<RecoveryActivities['planReconciliation']>[0],
) {
  const now = engineTime();
  const { service, known } = ask;
  const found = whyBehind(await records.latestOf(service), known);
  const entries = await records.entries();
  const { openings, older, ofChanges, drills, reviewed } = recordsOf(service, entries, most);
  const rows = await records.rowsOf(openings.map(({ changeId }) => changeId));
  const stories = storiesOf({ openings, ofChanges }, await records.read(storyPaths(ofChanges)), rows);
  const open = stories.filter(({ closed }) => !closed).map(({ changeId }) => changeId);
  const carried: string[] = [];
  for (const changeId of open) if (await isCarried(changeId)) carried.push(changeId);
  const drilled = await records.read(drills.flatMap(({ paths }) => paths));
  return rebuild({
    ...ask,
    ...(found !== undefined && { found }),
    ...{ now, stories, older, reviewed, carried },
    drills: drillsIn(drilled, (text) => createHash('sha256').update(text).digest('hex')),
    lostBefore: lostIn(await records.read(recoveryPaths(entries, service))),
  });

  /** It runs as the records know it, or waits for its turn. */
  async function isCarried(changeId: string): Promise<boolean> {
    const workflowId = releaseId(service, changeId);
    if (!(await workflows.isRunning(workflowId)))
      return known.open.includes(changeId) && (await workflows.progressOf(workflowId)) === undefined;
    return !(await isOvertaken({ records, workflows }, workflowId, changeId));
  }
}
