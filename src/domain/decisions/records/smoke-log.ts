import type { SmokeRun } from '../../rollout.js';
import { notice } from './facts.js';
import type { ChainPlace, RolloutFacts } from './facts.js';
import { line, lines, toSecond } from './text.js';

/** `logs/ci/smoke_tests_<timestamp>.log`: who was tested, what came of it, and what the suite said. */
export function smokeLog(rollout: RolloutFacts, run: SmokeRun, chain: ChainPlace): string {
  const { order, plan } = rollout;
  const shortened = notice(order.profile);
  return [
    `change: ${order.changeId}`,
    `service: ${order.service} ${run.version}`,
    `environment: ${plan.place.environment}, ${run.lane} lane`,
    `at: ${toSecond(run.at)}`,
    `verdict: ${run.verdict.kind}: ${line(run.verdict.reason, 1_000)}`,
    ...(shortened === undefined ? [] : [shortened]),
    '',
    lines(run.log.slice(-16_384)).trimEnd(),
    '',
    `chain: sequence ${chain.sequence}, previous ${chain.previous}`,
    '',
  ].join('\n');
}
