import { activityInfo } from '@temporalio/activity';
import { whyBehind } from '../src/domain/decisions/recovery/behind.js';
import { behindText } from '../src/domain/recovery.js';
import { releaseId } from '../src/messages.js';
import { seconds } from '../src/domain/duration.js';
import type { FollowUpPolicy } from '../src/domain/follow-up.js';
import { type KnownPrincipals, whoSent } from '../src/domain/decisions/who-sent.js';
import type { ApprovalCodes } from '../src/ports/approval-codes.js';
import type { Customers, Notifier } from '../src/ports/notifier.js';
import type { Principals } from '../src/ports/principals.js';
import type { Records } from '../src/ports/records.js';
import type { Workflows } from '../src/ports/workflows.js';
import { acknowledgedBefore, recordAcknowledgement } from './acknowledge.js';
import { beating } from './beating.js';
import { type AuditTools, drillsDue } from './audit.js';
import type { RecordActivities } from './contract.js';
import { engineClock } from './engine-time.js';
import { withCodes } from './faults.js';
import { notYet } from './not-yet.js';

/** Reads a workflow's history as protobuf JSON: the transcript's raw material. */
export type ReadHistory = (execution: { readonly workflowId: string; readonly runId?: string }) => Promise<unknown>;

/** The writing of records: each names its event, so that telling it twice writes it once. */
export function createRecordActivities(
  tools: {
    readonly records: Records;
    readonly readHistory: ReadHistory;
    readonly workflows: Pick<Workflows, 'outcomeOf' | 'progressOf'>;
    readonly notifier: Notifier;
    readonly customers: Customers;
    readonly codes: ApprovalCodes;
    /** Whose the follow-ups are that records open, and when they are due. */
    readonly followUps: FollowUpPolicy;
    readonly principals: Principals;
    readonly knownPrincipals?: KnownPrincipals;
  } & AuditTools,
): RecordActivities {
  const { records, readHistory, workflows, notifier, customers, codes, followUps } = tools;
  return withCodes<RecordActivities>({
    async releaseEnded({ workflowId }) {
      const outcome = await workflows.outcomeOf(workflowId);
      if (outcome) return outcome;
      throw notYet(`${workflowId} is under way`, seconds(2));
    },

    notify: (notice) => notifier.tell(notice),

    tellCustomers: ({ environment, ...notice }) => customers.tell(environment, notice),

    checkApprovalCode: ({ subject, code }) => codes.isCodeFor(subject, code),

    async checkPrincipal({ person, eventId }) {
      const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
      const sender = tools.knownPrincipals && (await tools.principals.senderOf({ workflowId, runId, eventId }));
      return whoSent(person, sender, tools.knownPrincipals);
    },

    async openChange({ known, ...ask }) {
      const { service } = ask.request;
      const why = known && whyBehind(await records.latestOf(service), known);
      if (why !== undefined) return { behind: behindText(service, why) };
      const { changeId, ended } = await beating(() => records.openChange(ask));
      return { changeId, ...(ended && { ended }) };
    },

    async openFlagChange(ask) {
      const { changeId, ended } = await records.openFlagChange(ask);
      return { changeId, ...(ended && { ended }) };
    },

    async recordFlagChange(change) {
      const eventId = `flag/${change.order.changeId}`;
      const { paths } = await records.write({ kind: 'flag-changed', eventId, change: { ...change, followUps } });
      return { paths };
    },

    async recordReview(settled) {
      const eventId = `review/${settled.debt.changeId}`;
      const { paths } = await records.write({ kind: 'debt-settled', eventId, settled });
      return { paths };
    },

    recordAcknowledgement: (known) => recordAcknowledgement(tools, known),

    async recordDrill(ended) {
      const { service, stage, at } = ended.order;
      const eventId = `drill/${service}/${stage.environment}/${at}`;
      const { paths, hashes } = await records.write({ kind: 'drill-ended', eventId, ended });
      const [path = ''] = paths;
      return { path, hash: hashes[path] ?? '' };
    },

    drillsDue: () => drillsDue(tools),

    async recordFlagsOff(off) {
      const eventId = `flags-off/${off.changeId}`;
      const { paths } = await records.write({ kind: 'flags-off', eventId, off: { ...off, followUps } });
      return { paths };
    },

    async recordRollout(rollout) {
      const { environment } = rollout.plan.place;
      const eventId = `rollout/${rollout.order.changeId}/${environment}`;
      const acknowledged = await acknowledgedBefore(workflows, rollout.order, rollout.outcome);
      const facts = { ...rollout, followUps, ...(acknowledged.length > 0 && { acknowledged }) };
      const event = { kind: 'rollout-ended', eventId, rollout: facts } as const;
      const { paths } = await beating(() => records.write(event));
      return { paths };
    },

    async closeChange({ order, outcome, approvals, commands, rollouts }) {
      const closedAt = engineClock()();
      const executions = [{ workflowId: releaseId(order.service, order.changeId) }, ...rollouts];
      const histories = await Promise.all(executions.map(async (e) => [e.workflowId, await readHistory(e)] as const));
      const heard = commands && { commands };
      const release = { order, outcome, approvals, ...heard, closedAt, histories: Object.fromEntries(histories) };
      const { paths } = await beating(() =>
        records.write({ kind: 'release-closed', eventId: `close/${order.changeId}`, release }),
      );
      return { paths };
    },
  });
}
