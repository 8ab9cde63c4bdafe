import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { HostReport } from '../../src/adapters/local/protocol.js';
import type { ReleaseProgress, StageProgress } from '../../src/domain/release.js';
import { releaseId, releaseProgress, workflowTypes } from '../../src/messages.js';
import { eventually } from './eventually.js';
import { eventsOf, timeOf } from './events.js';
import type { LedgerLine, Stage, View } from './stage.js';

/** What a closed release must leave true, whatever died on its way. The latest release of its service is meant. */
export async function checkInvariants(stage: Stage, service: string, changeId: string): Promise<readonly string[]> {
  const client = await stage.client();
  const handle = client.workflow.getHandle(releaseId(service, changeId));
  const progress = await eventually('the release tells its end', () =>
    handle.query<ReleaseProgress>(releaseProgress.name),
  );
  const rollouts = await rolloutsOf(client, handle.workflowId);
  const ledger = await stage.ledger(service);
  const own = ledger.filter(({ key }) => rollouts.some(({ runId }) => key.startsWith(runId)));
  const hosts = await Promise.all(
    progress.stages.map(({ environment }) => hostStatus({ dataDir: stage.dataDir, environment })),
  );
  const worlds = progress.stages.map((of, i) => ({ of, place: placeIn(hosts[i], service) }));
  return [
    ...worlds.flatMap(({ of, place }) => trafficIsWhole(of, place)),
    ...effectsOnce(ledger),
    ...worlds.flatMap(({ of, place }) => worldAgrees(progress, of, place)),
    ...(await recordedOnce(stage, progress)),
    ...nothingUnapproved(progress, own),
    ...(await oneAtATime(client, service, rollouts)),
  ];
}

/** Waits for the end of a release, and for what must be true after every end. */
export async function closedWhole(stage: Stage, service: string, changeId: string): Promise<View> {
  const view = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
  assert.deepEqual(await checkInvariants(stage, service, changeId), []);
  return view;
}

type Place = HostReport['places'][number];

interface RolloutRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly from: number;
  readonly to: number;
}

/** I1: users reach the stable lane or the candidate, nothing else; after the end the stable lane alone. */
function trafficIsWhole({ environment }: StageProgress, place: Place | undefined): readonly string[] {
  if (!place) return [];
  const { share } = place.traffic;
  const { baseline } = place.fleet;
  return [
    ...(share === 0 ? [] : [`I1: ${environment} gives ${share} % to a candidate after the end; wanted 0 %`]),
    ...(baseline ? [`I1: ${environment} has a baseline of ${baseline.artifact.version} after the end`] : []),
  ];
}

/** I2: every effect is applied once. */
function effectsOnce(ledger: readonly LedgerLine[]): readonly string[] {
  const seen = new Set<string>();
  return ledger.flatMap(({ key }) => {
    const known = seen.has(key);
    seen.add(key);
    return known ? [`I2: the effect ${key} was applied twice`] : [];
  });
}

/** I3: the release has ended as releases end, and the world runs what it says. */
function worldAgrees({ outcome }: ReleaseProgress, of: StageProgress, place: Place | undefined): readonly string[] {
  if (!outcome) return [`I3: the release has no outcome`];
  if (outcome.kind === 'failed') return [`I3: failed: ${outcome.reason}`];
  if (!of.plan || !of.outcome) return [];
  const wanted = of.outcome.kind === 'adopted' ? of.plan.to : of.plan.from;
  const { stable, candidate } = place?.fleet ?? {};
  const [met, where] = [stable?.artifact, of.environment];
  return [
    ...(met?.digest === wanted?.digest
      ? []
      : [`I3: ${where} runs ${met?.tag ?? 'nothing'}; wanted ${wanted?.tag ?? 'nothing'} (${of.outcome.kind})`]),
    ...(candidate && of.outcome.kind !== 'aborted'
      ? [`I3: ${where} still runs the candidate ${candidate.artifact.tag}`]
      : []),
    ...(stable?.instances.every(({ digest, healthy }) => healthy && digest === met?.digest) === false
      ? [`I3: not every stable instance in ${where} is healthy and of ${met?.tag ?? 'nothing'}`]
      : []),
  ];
}

/** I4: each rollout that ended has one deploy log, and the hash chain over all records holds. */
async function recordedOnce(stage: Stage, { order, stages }: ReleaseProgress): Promise<readonly string[]> {
  const folder = join(stage.directory, 'logs/deployments');
  const logs = await Promise.all(
    (await readdir(folder)).map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as DeployLog),
  );
  const { findings } = await stage.audit();
  return [
    ...stages.flatMap(({ environment, outcome }) => {
      const found = logs.filter((log) => log.change_id === order.changeId && log.environment === environment).length;
      const wanted = outcome ? 1 : 0;
      return found === wanted ? [] : [`I4: ${found} deploy logs of ${environment}; wanted ${wanted}`];
    }),
    ...findings.map((finding) => `I4: ${finding}`),
  ];
}

interface DeployLog {
  readonly change_id: string;
  readonly environment: string;
}

/** I5: nothing was done in production before that very digest and plan were approved; bringing a verified version back asks nobody. */
function nothingUnapproved(
  { order, stages, decisions }: ReleaseProgress,
  own: readonly LedgerLine[],
): readonly string[] {
  if (order.comeback) return [];
  const production = stages.find(({ environment }) => environment === 'production');
  const { plan, approval } = production ?? {};
  const first = own.map(({ at }) => Date.parse(String(at))).sort((a, b) => a - b)[0];
  if (first === undefined) return [];
  if (approval?.standing.kind !== 'approved' || !plan)
    return [`I5: production was changed and stands ${approval?.standing.kind ?? 'without a gate'}`];
  const heard = decisions.filter(
    (d) => d.decision === 'approve' && d.digest === plan.to.digest && d.planHash === plan.hash,
  );
  const roles = approval.standing.by.filter(({ person }) => heard.some((d) => d.person === person));
  const last = Math.max(...heard.map(({ at }) => Date.parse(at)));
  return [
    ...(roles.length < approval.policy.roles.length
      ? [`I5: approved by ${roles.length} of ${approval.policy.roles.length} roles`]
      : []),
    ...(first < last ? [`I5: the first effect came ${last - first} ms before the last approval`] : []),
  ];
}

/** I6: no other rollout of the service was under way in the same environment at the same time. */
async function oneAtATime(client: Client, service: string, own: readonly RolloutRun[]): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const { workflowId, runId, from, to } of own) {
    const at = (time: number): string => `"${new Date(time).toISOString()}"`;
    const query = `WorkflowType = "${workflowTypes.rollout}" AND SlipwayService = "${service}" AND StartTime < ${at(to)}`;
    for await (const other of client.workflow.list({
      query: `${query} AND (CloseTime > ${at(from)} OR ExecutionStatus = "Running")`,
    }))
      if (other.workflowId === workflowId && other.runId !== runId && other.closeTime?.getTime() !== from)
        findings.push(`I6: ${workflowId} ran twice at a time: ${runId} and ${other.runId}`);
  }
  return findings;
}

/** The rollouts that a release has started, by its own history; times to the millisecond. */
export async function rolloutsOf(client: Client, release: string): Promise<readonly RolloutRun[]> {
  const events = await eventsOf(client, release);
  const started = events.flatMap(
    (event) => event.childWorkflowExecutionStartedEventAttributes?.workflowExecution ?? [],
  );
  return await Promise.all(
    started.map(async ({ workflowId, runId }) => {
      const run = await eventsOf(client, workflowId ?? '', runId ?? '');
      const [first, last] = [run[0], run.at(-1)];
      return {
        workflowId: workflowId ?? '',
        runId: runId ?? '',
        from: Math.floor(timeOf(first ?? {})),
        to: Math.ceil(timeOf(last ?? {})),
      };
    }),
  );
}

const placeIn = (host: HostReport | undefined, service: string): Place | undefined =>
  host?.places.find((place) => place.service === service);
