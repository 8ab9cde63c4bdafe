import type { Calendar } from '../../calendar.js';
import { lasting, spoken } from '../../duration.js';
import { commandFor, proofs, readinessItems } from '../../readiness.js';
import type { StageOrder } from '../../release.js';
import { sentence } from '../../rollout.js';
import { timesText } from '../calendar/judge-calendar.js';
import { mostBesideBaseline } from '../strategies/canary.js';
import { planRollout } from '../plan-rollout.js';
import { bullets, md, page } from '../records/text.js';
import type { DocumentFacts, ServiceFacts, StageFacts } from './facts.js';
import { approversText, code, standardsOf, grid, strategyText, windowText, windowsOf } from './phrases.js';
import { productionOf } from './places.js';

/** How a service is released, watched and taken back, and what each environment asks for. */
export function releasing(service: ServiceFacts, facts: DocumentFacts): string {
  const { name, stages, whenBusy } = service;
  return page([
    `## ${md(name)}`,
    bullets([
      `Look first: ${code(`slipway plan ${name} 1.2.0`)} says each step, who is asked and what is in the way; it changes nothing.`,
      `Release: ${code(`slipway release ${name} 1.2.0 --watch`)}. The version is the tag v1.2.0 of ${code(service.repository)}; it goes through ${stages.map(({ order }) => md(order.environment)).join(', ')}.`,
      `Watch: ${code('slipway watch CHANGE')} follows it to its end, ${code(`slipway status ${name}`)} shows it once, and the page of the front door draws its windows.`,
      `Approve: ${code('slipway approve CHANGE --comment "…"')}, or not: ${code('slipway reject CHANGE --comment "…"')}. One rejection decides.`,
      `Steer: ${['pause', 'resume', 'promote', 'skip', 'snooze', 'abort'].map((verb) => code(`slipway ${verb} CHANGE --reason "…"`)).join(', ')}.`,
      `Back: ${code(`slipway rollback ${name} --reason "…"`)} in ${md(productionOf(service))}, or ${code('slipway rollback CHANGE --reason "…"')}.`,
      `While one is under way, another release ${busy[whenBusy]}.`,
    ]),
    ...stages.map((stage) => inEnvironment(service, stage, facts)),
  ]).trimEnd();
}

const busy: Readonly<Record<ServiceFacts['whenBusy'], string>> = {
  queue: 'waits for its turn',
  supersede: 'takes its place: what is under way goes back first',
  reject: 'is refused',
};

function inEnvironment(service: ServiceFacts, stage: StageFacts, { people }: DocumentFacts): string {
  const { order, calendar, emergency } = stage;
  const { approval, readiness = {}, aftercare, onHold, blastRadius } = order;
  const asker = approval.requesterMayApprove ? 'asking for it is approving it, in that role' : 'never who asked for it';
  const items = readinessItems.filter((item) => readiness[item] !== undefined);
  return page([
    `### ${md(service.name)} in ${md(order.environment)}`,
    bullets([
      `**Approved** by ${approversText(approval, people)}; ${asker}. An approval is good for ${spoken(approval.expiresAfter)}.`,
      `**May begin** ${whenText(calendar)}`,
      ...(order.calendar?.notice === undefined
        ? []
        : [`**Customers** are told ${spoken(order.calendar.notice)} before, and nothing begins until that was taken.`]),
      `**Smoke suite** passes within ${spoken(order.smokeWithin)} (${service.smoke.map((check) => md(check)).join('; ')}).`,
      ...windowsOf(order.strategy).map(
        ({ of, window }) => `**Window** at ${of}: ${windowText(window)}: ${standardsOf(window)}.`,
      ),
      ...(comparedWithFresh(order) ? [fresh(order)] : []),
      ...(aftercare
        ? [`**Aftercare** of ${spoken(aftercare.for)}, the former version kept warm: going back starts nothing.`]
        : []),
      ...(blastRadius === undefined ? [] : [`**One command** moves at most ${blastRadius} points of traffic.`]),
      `A held line (${code('slipway hold')}): what has begun ${onHold === 'finish' ? 'finishes' : 'stops before its next step'}. A step of the way back that is not done within ${spoken(order.rollbackPatience)} calls people.`,
      ...(emergency ? [emergencyText(service.name, emergency, people)] : []),
    ]),
    items.length > 0 ? `To be shown before it begins:` : undefined,
    items.length > 0
      ? grid(
          ['item', 'what is asked', 'not older than', 'what shows it'],
          items.map((item) => [item, proofs[item].asks, age(readiness[item]?.maxAge), showing(item, service.name)]),
        )
      : undefined,
    stepsText(order, service.database !== undefined),
  ]).trimEnd();
}

const comparedWithFresh = ({ strategy }: StageOrder): boolean => strategy.kind === 'canary' && !!strategy.baseline;

const fresh = ({ instances }: StageOrder): string =>
  `**Compared** with a fresh baseline, wherever the stable lane is named above: ${instances} of the stable version, started with the candidate, with as much traffic, while that is ${mostBesideBaseline} % at most. At more, with what the stable lane answered before.`;

const age = (maxAge: number | undefined): string => (maxAge === undefined ? 'any age' : lasting(maxAge));

function showing(item: (typeof readinessItems)[number], service: string): string {
  const command = commandFor(item, service, 'CHANGE');
  return command === undefined ? 'the release itself' : code(command);
}

function whenText(calendar: Calendar | undefined): string {
  const { windows = [], freezes = [], exceptions = [] } = calendar ?? {};
  const open =
    windows.length === 0
      ? 'at any time'
      : `in the windows ${windows
          .map(timesText)
          .map((text) => md(text))
          .join('; ')}`;
  const frozen = freezes.map(
    ({ name, times, reason }) => `frozen by ${md(name)} ${md(timesText(times))}: ${md(reason)}`,
  );
  const excepted = exceptions.map(
    ({ times, reason, approver }) => `open in spite of that ${md(timesText(times))}, by ${md(approver)}: ${md(reason)}`,
  );
  return `${[open, ...frozen, ...excepted].join('; ')}. A way back never waits for an hour.`;
}

function emergencyText(
  service: string,
  { order, escalateAfter, reviewWithin }: NonNullable<StageFacts['emergency']>,
  people: DocumentFacts['people'],
): string {
  const command = code(`slipway release ${service} 1.2.1 --emergency "nobody can pay" --watch`);
  const longest = Math.max(0, ...windowsOf(order.strategy).map(({ window }) => window.for));
  return `**What cannot wait**: ${command}, at any hour. Approved by ${approversText(order.approval, people)}, never by who asked; no window longer than ${spoken(longest)}; people are called again every ${spoken(escalateAfter)}. A review is owed within ${spoken(reviewWithin)}: ${code(`slipway review ${service} CHANGE --record docs/reviews/CHANGE.md --comment "…"`)}.`;
}

/** The plan of a release that finds a version there, by the same function that plans it. */
function stepsText(order: StageOrder, data: boolean): string {
  const from = unbuilt('FORMER');
  const to = unbuilt('NEW');
  const { strategy, instances, smokeWithin, wayBack, aftercare } = order;
  const { steps } = planRollout({
    ...{ place: { service: '', environment: order.environment }, strategy, from, to, instances, smokeWithin },
    ...(wayBack && { wayBack }),
    keepFormer: aftercare !== undefined,
  });
  const does = (step: Parameters<typeof sentence>[0]): string => sentence(step, { from, to, instances });
  const rows = steps.map(({ id, take, back }) => [
    code(id),
    take.kind === 'observe' ? `${does(take)}, ${spoken(take.window.for)}` : does(take),
    back ? does(back) : '',
  ]);
  const migrates = data
    ? '\n\nWhere the commit declares a migration, two steps come first: the data is backed up, the backup is proved by a restore and the scripts are rehearsed on the copy; then it is migrated. The plan says what going back would do to data.'
    : '';
  return `Steps (${strategyText(strategy)}, ${instances} ${instances === 1 ? 'instance' : 'instances'}), where FORMER runs and NEW is released; a first release has nothing to share traffic with and takes all of it at once:\n\n${grid(['step', 'what it does', 'its way back'], rows)}${migrates}`;
}

const unbuilt = (version: string) => ({ service: '', version, commit: '', digest: '', builtAt: '', tag: '' });
