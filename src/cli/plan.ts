import type { Command } from 'commander';
import type { PlansView } from '../http/views/plan.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns } from './format.js';
import { atDoor, print, verb } from './verb.js';
import { type AskFlags, askOptions, writtenAsk } from './written-ask.js';

/** `slipway plan`: what a release would do. */
export function planCommand(program: Command): void {
  askOptions(
    verb(program, {
      usage: 'plan <service> [version]',
      summary: 'show what a release would do, and every way back',
      description: 'Plans a release from what runs now. Changes nothing.',
      examples: ['slipway plan shop 1.2.0', 'slipway plan shop --ref main 1.3.0 --json'],
    }),
  ).action((service: string, version: string | undefined, flags: DoorFlags & AskFlags) =>
    atDoor(flags, async (door) => {
      const plans = await door.plan(writtenAsk(service, version, flags));
      print(flags, plans, planLines(plans));
      return exitCodes.ok;
    }),
  );
}

const planLines = ({ service, version, commit, inTheWay, stages }: PlansView): readonly string[] => [
  `${service} ${version}, commit ${commit.slice(0, 12)}`,
  ...inTheWay.map((what) => `  in the way: ${what}`),
  ...stages.flatMap(stageLines),
];

function stageLines(stage: PlansView['stages'][number]): readonly string[] {
  const who = stage.approvals.map(({ role, people }) => `${role} (${people.join(' or ') || 'nobody'})`);
  const approval = stage.approvedByAsking ? 'approved by asking' : `asks ${who.join(' and ') || 'nobody'}`;
  return [
    '',
    `${stage.environment}: ${stage.strategy}, from ${stage.from?.version ?? 'nothing'}, ${stage.instances} instances; ${approval}`,
    ...columns(
      stage.steps.map(({ id, does, wayBack }) => ['', id, does, wayBack === undefined ? '' : `back: ${wayBack}`]),
    ),
    ...hourLines(stage),
    ...(stage.flagsFirst === undefined ? [] : [`  flags: ${stage.flagsFirst}`]),
    ...(stage.dataImpact === undefined ? [] : [`  data: ${stage.dataImpact}`]),
    ...(stage.refused === undefined ? [] : [`  refused: ${stage.refused}`]),
  ];
}

/** When it could begin and end here, and what is in the way of that. */
const hourLines = ({ mayBegin, mayEnd, inTheWay }: PlansView['stages'][number]): readonly string[] => [
  mayBegin === undefined || mayEnd === undefined
    ? '  begins: no window opens for it within a year'
    : `  begins ${mayBegin} at the earliest, and is over by ${mayEnd} if all goes well`,
  ...inTheWay.map((what) => `  in the way: ${what}`),
];
