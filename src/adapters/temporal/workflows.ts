import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { seconds } from '../../domain/duration.js';
import { Refused } from '../../domain/failure.js';
import type { ReleaseOutcome } from '../../domain/release.js';
import type { ServiceStanding } from '../../domain/service.js';
import { memoryToOpen, startOf } from '../../mailbox.js';
import {
  releaseId,
  releaseProgress,
  rolloutId,
  rolloutProgress,
  searchAttributes,
  serviceId,
  serviceStanding,
  workflowTypes,
} from '../../messages.js';
import type { ReleaseNow, Workflows } from '../../ports/workflows.js';
import { recordsAskedBy } from './records-asked.js';

type About = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>;

/** Asked by exact id: what a description says is what is, while lists of the engine may lag behind. */
export function createWorkflows(client: Client): Workflows {
  return {
    async underWay({ service, environment }) {
      const [rollout, mailbox] = await Promise.all([about(rolloutId(environment, service)), about(serviceId(service))]);
      return {
        mailbox: mailbox === undefined ? 'none' : runs(mailbox) ? 'runs' : 'ended',
        ...(rollout && runs(rollout) && { rollout: await sightOf(rollout) }),
      };
    },

    async reopenMailbox(service) {
      const memory = await memoryToOpen(client, service);
      if (!memory) return;
      try {
        await client.workflow.start(workflowTypes.service, startOf(memory));
      } catch (fault) {
        if (!(fault instanceof WorkflowExecutionAlreadyStartedError)) throw fault;
      }
    },

    standing,

    async neededBy(service) {
      const known = await standing(service);
      if (!known) return [];
      const { running, underWay } = known;
      const run = Object.values(running).flatMap(({ current, former }) => [current, ...(former ? [former] : [])]);
      const carried = underWay === undefined ? undefined : await carriedBy(releaseId(service, underWay));
      return [...run, ...(carried ? [carried] : [])].map(({ digest }) => digest);
    },

    async latestReleases() {
      const latest = new Map<string, ReleaseNow>();
      for await (const listed of client.workflow.list({ query: `WorkflowType = "${workflowTypes.release}"` })) {
        // A run that was reset is listed beside the one that goes on.
        const state = latest.get(listed.workflowId)?.state;
        if (state === undefined || (state === 'lost' && isWhole(listed)))
          latest.set(listed.workflowId, releaseNow(listed));
        if (latest.size === mostReleases) break;
      }
      return [...latest.values()];
    },

    async isRunning(workflowId) {
      const found = await about(workflowId);
      return found !== undefined && runs(found);
    },

    async runningChanges() {
      const found: ReleaseNow[] = [];
      for await (const listed of client.workflow.list({ query: `${running} AND ${ofType('release', 'flagChange')}` }))
        found.push(releaseNow(listed));
      return found;
    },

    recordsAskedBy: (workflowId) => recordsAskedBy(client, workflowId),

    async endChange({ workflowId, changeId, reason }) {
      const own = `${searchAttributes.changeId} = "${changeId}"`;
      const query = `${running} AND ${ofType('release', 'rollout', 'flagChange')} AND ${own}`;
      const ids = new Set([workflowId]);
      for await (const listed of client.workflow.list({ query })) ids.add(listed.workflowId);
      for (const id of ids) await end(id, reason);
    },

    async progressOf(workflowId) {
      if (!(await about(workflowId))) return undefined;
      return await client.workflow.getHandle(workflowId).query(releaseProgress);
    },

    async outcomeOf(workflowId) {
      const found = await about(workflowId);
      if (!found) throw new Refused('not-found', `${workflowId} was never begun`);
      if (runs(found)) return undefined;
      if (found.status.name !== 'COMPLETED')
        throw new Refused('not-found', `${workflowId} was ended from outside: ${found.status.name.toLowerCase()}`);
      return (await client.workflow.getHandle(workflowId).result()) as ReleaseOutcome;
    },
  };

  async function end(workflowId: string, reason: string): Promise<void> {
    try {
      await client.workflow.getHandle(workflowId).terminate(reason);
    } catch (fault) {
      if (!(fault instanceof WorkflowNotFoundError)) throw fault;
    }
  }

  async function standing(service: string): Promise<ServiceStanding | undefined> {
    if (!(await about(serviceId(service)))) return undefined;
    return await client.workflow.getHandle(serviceId(service)).query(serviceStanding);
  }

  /** The artifact of a release under way, once it has one; one that has not begun builds its own. */
  async function carriedBy(workflowId: string) {
    if (!(await about(workflowId))) return undefined;
    return (await client.workflow.getHandle(workflowId).query(releaseProgress)).artifact;
  }

  async function sightOf(rollout: About) {
    const parent = rollout.raw.workflowExecutionInfo?.parentExecution;
    // By its id alone: a release that was reset is another run, which follows the same rollout.
    const release = parent?.workflowId ? await about(parent.workflowId) : undefined;
    const word = (name: string): string => wordOf(rollout.typedSearchAttributes, name);
    const [changeId, state] = [word(searchAttributes.changeId), word(searchAttributes.state)];
    const asks = state === 'held' || state === 'stuck' ? await asksOf(rollout.workflowId) : undefined;
    const attended = release === undefined || runs(release);
    return { changeId, state, attended, ...(asks !== undefined && { asks }) };
  }

  /** Asked of a worker that may be away: what is found is told all the same. */
  async function asksOf(workflowId: string): Promise<string | undefined> {
    try {
      const ask = () => client.workflow.getHandle(workflowId).query(rolloutProgress);
      const { held, stuck } = await client.withDeadline(Date.now() + answersWithin, ask);
      return held ?? stuck;
    } catch {
      return undefined;
    }
  }

  async function about(workflowId: string): Promise<About | undefined> {
    try {
      return await client.workflow.getHandle(workflowId).describe();
    } catch (fault) {
      if (fault instanceof WorkflowNotFoundError) return undefined;
      throw fault;
    }
  }
}

const mostReleases = 100;

const running = 'ExecutionStatus = "Running"';

const ofType = (...types: readonly (keyof typeof workflowTypes)[]): string =>
  `WorkflowType IN (${types.map((type) => `"${workflowTypes[type]}"`).join(', ')})`;

/** A rollout that asks for people says within this time what it asks. */
const answersWithin = seconds(5);

/** Whatever neither runs nor has come to its own end was ended from outside. */
const isWhole = ({ status }: WorkflowExecutionInfo): boolean =>
  ['RUNNING', 'PAUSED', 'COMPLETED', 'CONTINUED_AS_NEW'].includes(status.name);

function releaseNow(run: WorkflowExecutionInfo): ReleaseNow {
  const { workflowId, typedSearchAttributes } = run;
  const [changeId, service, version, state] = [
    ...[searchAttributes.changeId, searchAttributes.service, searchAttributes.version, searchAttributes.state],
  ].map((name) => wordOf(typedSearchAttributes, name));
  return {
    ...{ workflowId, changeId: changeId ?? '', service: service ?? '', version: version ?? '' },
    state: isWhole(run) ? (state ?? '') : 'lost',
  };
}

const wordOf = (attributes: WorkflowExecutionInfo['typedSearchAttributes'], name: string): string =>
  String(attributes.getAll().find(({ key }) => key.name === name)?.value ?? '');

const runs = ({ status }: About): boolean => status.name === 'RUNNING' || status.name === 'PAUSED';
