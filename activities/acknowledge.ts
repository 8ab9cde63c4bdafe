import type { Acknowledgement } from '../src/domain/acknowledgement.js';
import type { DeployLog } from '../src/domain/decisions/records/deploy-log.js';
import type { RolloutOutcome } from '../src/domain/rollout.js';
import { releaseId } from '../src/messages.js';
import type { Records } from '../src/ports/records.js';
import type { Workflows } from '../src/ports/workflows.js';

interface Tools {
  readonly records: Records;
  readonly workflows: Pick<Workflows, 'standing' | 'progressOf'>;
}

/** Written down with the incident that it is about, and how long it was waited for. */
export async function recordAcknowledgement(
  { records, workflows }: Tools,
  { service, ...said }: Acknowledgement & { readonly service: string },
): Promise<{ readonly paths: readonly string[] }> {
  const { changeId, by, at } = said;
  const met = await incidentOf(records, changeId);
  const since = met?.since ?? (await toldAt(workflows, { service, changeId }));
  const about = { ...(since !== undefined && since <= at && { since }), ...(met && { incident: met.folder }) };
  const eventId = `acknowledged/${changeId}/${at}/${by}`;
  const { paths } = await records.write({
    kind: 'acknowledged',
    eventId,
    acknowledged: { ...said, service, ...about },
  });
  return { paths };
}

/** The latest rollback of the change that was recorded; one that still goes back takes it into its own timeline. */
async function incidentOf(records: Records, changeId: string) {
  const entries = await records.entriesOf(changeId);
  const paths = entries.findLast(({ paths: of }) => of.some((path) => path.endsWith('/incident.md')))?.paths ?? [];
  const page = paths.find((path) => path.endsWith('/incident.md'));
  if (page === undefined) return undefined;
  const [log] = await records.read(paths.filter((path) => path.startsWith('logs/deployments/')));
  const { rollback } = log?.intact === true ? (JSON.parse(log.text) as DeployLog) : {};
  return { folder: page.slice(0, page.lastIndexOf('/')), since: rollback?.demand.at };
}

/** When whoever is on call was told of the coming deployment. */
async function toldAt(
  workflows: Tools['workflows'],
  { service, changeId }: { readonly service: string; readonly changeId: string },
): Promise<string | undefined> {
  const progress = await workflows.progressOf(releaseId(service, changeId)).catch(() => undefined);
  return progress?.stages.findLast(({ onCall }) => onCall)?.onCall?.toldAt;
}

/** Who has acknowledged a rollback before it was recorded. A mailbox that does not answer now keeps no record from being written. */
export async function acknowledgedBefore(
  workflows: Pick<Workflows, 'standing'>,
  { service, changeId }: { readonly service: string; readonly changeId: string },
  { rollback }: Pick<RolloutOutcome, 'rollback'>,
): Promise<readonly Acknowledgement[]> {
  if (!rollback) return [];
  const standing = await workflows.standing(service).catch(() => undefined);
  return (standing?.acknowledged ?? []).filter((one) => one.changeId === changeId && one.at >= rollback.demand.at);
}
