import { cancellationSignal } from '@temporalio/activity';
import type { GateRun } from '../src/domain/gate.js';
import type { Gates } from '../src/ports/gates.js';
import { beating } from './beating.js';
import type { EnvironmentActivities } from './contract.js';

/** Runs gates in order, telling which line was printed last; the first that does not pass is the last. */
export function runGates(
  gates: Gates,
  { gates: asked, ...about }: Parameters<EnvironmentActivities['runGates']>[0],
): Promise<readonly GateRun[]> {
  let line = '';
  const doing = {
    progress: (next: string): void => void (line = next.slice(0, 200)),
    signal: cancellationSignal(),
  };
  const all = async (): Promise<readonly GateRun[]> => {
    const runs: GateRun[] = [];
    for (const gate of asked) {
      const run = await gates.run({ gate, ...about, ...doing });
      runs.push(run);
      if (run.verdict.kind !== 'pass') break;
    }
    return runs;
  };
  return beating(all, () => line);
}
