import { setTimeout as pause } from 'node:timers/promises';
import { type Milliseconds, seconds, spoken } from '../domain/duration.js';
import type { FlagChangeView } from '../http/views/flag-change.js';
import { type Door, NoAnswer } from './door.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { when } from './format.js';
import { print, tell } from './verb.js';

const lookEvery: Milliseconds = 500;
const patience = seconds(60);

/** Watches the latest change of a flag to its end, a line for each thing that is new; answers with how it ended. */
export async function watchFlag(ask: {
  readonly door: Door;
  readonly environment: string;
  readonly name: string;
  readonly json: boolean;
}): Promise<ExitCode> {
  const { door, environment, name, json } = ask;
  let shown = '';
  let heardAt = Date.now();
  for (;;) {
    const view = await door.flagChange(environment, name).catch((fault: unknown) => {
      if (!(fault instanceof NoAnswer) || Date.now() - heardAt > patience) throw fault;
      tell(`${fault.message}; trying again`);
      return undefined;
    });
    if (view) heardAt = Date.now();
    const lines = view ? flagLines(view) : [];
    const now = json ? JSON.stringify(view) : lines.join('\n');
    if (view && now !== shown) print({ json }, view, lines);
    if (view) shown = now;
    if (view?.closedAt !== undefined || view?.state === 'failed') return exitOf(view.state);
    await pause(lookEvery);
  }
}

/** One line: which flag, and how far. */
export const flagHeadline = ({ flag, environment, changeId, state, plan, wanted }: FlagChangeView): string =>
  `${flag} in ${environment}  ${changeId ?? ''}  ${plan?.says ?? wanted}  ${state}`;

/** A change as people see it: how far it is, what it waits for, what to do, what came of it. */
export function flagLines(change: FlagChangeView): readonly string[] {
  const { waiting, outcome, records } = change;
  const { timeToDetectMs, timeToSafeMs } = outcome?.rollback ?? {};
  return [
    flagHeadline(change),
    ...(waiting
      ? [
          `waiting: ${waiting.reason}${waiting.until === undefined ? '' : `, until ${when(waiting.until)}`}`,
          ...waiting.for.map(({ role, people }) => `  ${role}: ${people.join(' or ') || 'nobody in slipway.yml'}`),
          ...(waiting.command === undefined ? [] : [`  ${waiting.command}`]),
        ]
      : []),
    ...(outcome ? [`${outcome.kind}: ${outcome.reason}`] : []),
    ...(timeToDetectMs === undefined ? [] : [`  time to detect ${spoken(timeToDetectMs)}`]),
    ...(timeToSafeMs === undefined ? [] : [`  time to safe ${spoken(timeToSafeMs)}`]),
    ...records.map((path) => `  ${path}`),
  ];
}

function exitOf(state: FlagChangeView['state']): ExitCode {
  if (state === 'succeeded' || state === 'unchanged') return exitCodes.ok;
  if (state === 'rolled-back') return exitCodes.rolledBack;
  return state === 'refused' || state === 'withdrawn' ? exitCodes.refused : exitCodes.fault;
}
