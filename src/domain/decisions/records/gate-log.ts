import type { Verdict } from '../../verdict.js';
import { notice } from './facts.js';
import type { ChainPlace, RolloutFacts } from './facts.js';
import type { RolloutPaths } from './rollout-paths.js';
import { line, lines, toSecond } from './text.js';

/** A quality gate in the deploy log: `sha256` is of what it printed, of 64 MB at most; `log` keeps the end of that. */
export interface GateEntry {
  readonly name: string;
  readonly verdict: Verdict;
  readonly at?: string;
  readonly sha256?: string;
  readonly log: string;
}

/** What the deploy log says of an environment's quality gates. */
export const gateEntries = ({ gates = [] }: RolloutFacts, { gateLog: log = '' }: RolloutPaths): readonly GateEntry[] =>
  gates.map(({ name, verdict, at, hash }) => ({
    ...{ name, verdict },
    ...(at !== undefined && { at }),
    ...(hash !== undefined && { sha256: hash }),
    log,
  }));

/** `logs/ci/quality_gates_<timestamp>.log`: what had to pass before anybody was asked, and what it said. */
export function gateLog({ order, plan, gates = [] }: RolloutFacts, chain: ChainPlace): string {
  const shortened = notice(order.profile);
  return [
    `change: ${order.changeId}`,
    `service: ${order.service} ${plan.to.version}, ${plan.to.digest}`,
    `environment: ${plan.place.environment}`,
    ...(shortened === undefined ? [] : [shortened]),
    ...gates.flatMap(({ name, verdict, log, at, hash }) => [
      '',
      `gate: ${line(name, 200)}`,
      ...(at === undefined ? [] : [`at: ${toSecond(at)}`]),
      `verdict: ${verdict.kind}: ${line(verdict.reason, 1_000)}`,
      ...(hash === undefined ? [] : [`sha256 of what it printed: ${hash}`]),
      '',
      lines(log).trimEnd(),
    ]),
    '',
    `chain: sequence ${chain.sequence}, previous ${chain.previous}`,
    '',
  ].join('\n');
}
