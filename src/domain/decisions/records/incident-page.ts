import { spoken } from '../../duration.js';
import { dataPage } from './data.js';
import type { LaneEntry, RollbackEntry } from './deploy-log.js';
import { chainComment } from './facts.js';
import { followUpTable } from './follow-ups.js';
import type { Impact, Incident } from './incident.js';
import { metricTable } from './metrics.js';
import { bullets, link, md, page, shown, table } from './text.js';
import { timelineTable, verdictText } from './timeline.js';

/** `incident.md`: the same for people. `path` is its own. */
export function incidentPage(facts: Incident, path: string): string {
  const { rollback, impact: met } = facts;
  return page([
    `# Incident: ${md(facts.service)} ${md(facts.version)} went back in ${md(facts.environment)}`,
    facts.notice && `**${md(facts.notice)}**`,
    `## Summary\n\n${md(facts.summary, 2_000)}`,
    `## Impact\n\n${impactText(met, rollback)}`,
    `## Timeline\n\n${timelineTable(facts.timeline)}`,
    `## Times\n\n${times(rollback)}`,
    `## Demand\n\n${md(rollback.demand.by)} (${rollback.demand.cause}) at ${shown(rollback.demand.at)} UTC: ${md(rollback.demand.reason, 1_000)}`,
    `## Evidence\n\n${figures(facts)}`,
    metricTable(facts.observations),
    drawn(facts, path),
    facts.data && `## Data\n\n${dataPage(facts.data)}`,
    `## Verification after going back\n\n${verification(rollback)}`,
    `## Follow-Up\n\n${followUpTable(facts.follow_ups, path)}`,
    `## Records\n\n${records(facts, path)}`,
    chainComment(facts.chain),
  ]);
}

/** What users met, in a sentence. */
export const impactText = ({ requests, errors }: Impact, { exposed_at: exposedAt, safe_at }: RollbackEntry): string =>
  exposedAt === undefined
    ? 'Users never met the candidate.'
    : `Users met the candidate from ${shown(exposedAt)} to ${shown(safe_at)} UTC. The observation windows saw it answer ${requests} requests, ${errors} of them with errors.`;

/** How long it took to notice and to be safe. */
export const times = ({ time_to_detect_ms: toDetect, time_to_safe_ms: toSafe }: RollbackEntry): string =>
  bullets([
    toDetect === undefined
      ? 'Time to detect: none; users never met the candidate'
      : `Time to detect: ${spoken(toDetect)} from first exposure to the demand`,
    `Time to safe: ${spoken(toSafe)} from the demand to no traffic on the candidate`,
  ]);

const verification = ({ verification: verdict }: RollbackEntry): string =>
  verdict
    ? `Smoke suite on the stable lane: ${verdictText(verdict)}`
    : 'Nothing ran before: there was nothing to verify.';

const figures = ({ observations }: Incident): string =>
  observations.length === 0
    ? 'No observation window had begun.'
    : table(
        ['step', 'share', 'looks', 'candidate', 'stable', 'verdict'],
        observations.map((o) => [
          md(o.step),
          `${o.share} %`,
          String(o.looks),
          laneText(o.candidate),
          `${laneText(o.stable)}${o.compared_with === undefined ? '' : ` (${o.compared_with})`}`,
          verdictText(o.verdict),
        ]),
      );

/** The figures as pictures, each a link to itself. */
const drawn = ({ records: { figures: files = [] } }: Incident, from: string): string =>
  files
    .map(({ step, path }) => link(`!${link(`${md(step)} over time`, { from, to: path })}`, { from, to: path }))
    .join('\n\n');

const laneText = (lane: LaneEntry): string =>
  `${lane.requests} requests, ${lane.errors} errors${lane.p95_ms === undefined ? '' : `, p95 ${Math.round(lane.p95_ms)} ms`}`;

const records = (facts: Incident, from: string): string =>
  bullets([
    link('deploy log', { from, to: facts.records.deploy_log }),
    ...facts.smoke.map((run) => link(`smoke log, ${run.lane} lane`, { from, to: run.log })),
    ...(facts.records.decision === undefined ? [] : [link('decision draft', { from, to: facts.records.decision })]),
    `${link('Change Log', { from, to: facts.records.change_log })}, ${md(facts.change_id)}`,
  ]);
