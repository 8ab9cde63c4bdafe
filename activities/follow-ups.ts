import { followUpNotices, followUpStandings, whyNotSaid } from '../src/domain/decisions/follow-ups.js';
import type { DeployLog } from '../src/domain/decisions/records/deploy-log.js';
import { followUpPaths, followUpsIn } from '../src/domain/decisions/records/follow-ups.js';
import type { Instant } from '../src/domain/duration.js';
import type { FollowUpAnswer, FollowUpStanding } from '../src/domain/follow-up.js';
import type { Records } from '../src/ports/records.js';
import { type AuditTools, drillsDue } from './audit.js';
import type { FollowUpActivities } from './contract.js';
import { engineTime } from './engine-time.js';
import { withCodes } from './faults.js';

/** What people do with follow-ups, and what they are reminded of. */
export const createFollowUpActivities = (tools: AuditTools): FollowUpActivities => {
  const { records } = tools;
  return withCodes<FollowUpActivities>({
    async openFollowUp(opened) {
      const now = engineTime();
      const { changeId, at, by, ...about } = opened;
      const entries = await records.entriesOf(changeId);
      if (entries.length === 0) return { kind: 'refused', reason: `the Change Log has no ${changeId}` };
      const logs = entries.flatMap(({ paths }) => paths.filter((path) => path.startsWith('logs/deployments/')));
      const service = about.service ?? (await serviceOf(records, logs));
      const eventId = `follow-up/${changeId}/${at}/${by}`;
      const { paths } = await records.write({
        kind: 'follow-up-opened',
        eventId,
        opened: { changeId, at, by, ...about, ...(service !== undefined && { service }) },
      });
      const id = /FU-\d+/.exec(paths[0] ?? '')?.[0] ?? '';
      return await recorded(id, now);
    },

    async sayOfFollowUp(word) {
      const now = engineTime();
      const of = await standingOf(word.id, now);
      if (!of) return { kind: 'refused', reason: `there is no follow-up ${word.id}` };
      const reason = whyNotSaid(of, word);
      if (reason !== undefined) return { kind: 'refused', reason };
      const eventId = `follow-up/${word.id}/${word.kind}/${word.at}/${word.by}`;
      await records.write({ kind: 'follow-up-said', eventId, word, of });
      return await recorded(word.id, now);
    },

    async remindersDue() {
      const now = engineTime();
      const drills = await drillsDue(tools);
      return [...drills, ...followUpNotices(await followUpsOf(records, now), now)];
    },
  });

  async function standingOf(id: string, now: Instant): Promise<FollowUpStanding | undefined> {
    return (await followUpsOf(records, now)).find((one) => one.id === id);
  }

  async function recorded(id: string, now: Instant): Promise<FollowUpAnswer> {
    const followUp = await standingOf(id, now);
    if (!followUp) throw new Error(`${id} was recorded, and its record is not as it was written`);
    return { kind: 'recorded', followUp };
  }
};

const followUpsOf = async (
  records: Pick<Records, 'entries' | 'read'>,
  now: Instant,
): Promise<readonly FollowUpStanding[]> =>
  followUpStandings(followUpsIn(await records.read(followUpPaths(await records.entries()))), now);

/** As its rollouts were recorded; nothing of a change that has none. */
async function serviceOf(records: Pick<Records, 'read'>, paths: readonly string[]): Promise<string | undefined> {
  const [log] = await records.read(paths.filter((path) => path.endsWith('.json')));
  return log?.intact === true ? (JSON.parse(log.text) as DeployLog).service : undefined;
}
