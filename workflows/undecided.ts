import { CancellationScope, sleep } from '@temporalio/workflow';
import { type Milliseconds, spoken } from '../src/domain/duration.js';
import type { PlannedStep } from '../src/domain/rollout.js';
import type { Verdict } from '../src/domain/verdict.js';
import type { Leave, Overruling } from './rollout-desk.js';

/** How long people may take to decide on a window that has seen too little; missing where it goes back at once. */
export function patienceWith({ take }: PlannedStep, { kind }: Verdict): Milliseconds | undefined {
  const policy = take.kind === 'observe' && kind === 'inconclusive' ? take.window.inconclusive : undefined;
  return policy?.kind === 'hold' ? policy.patience : undefined;
}

/**
 * People decide on a window that has seen too little, for as long as its patience lasts. What users meet is watched
 * meanwhile, and goes back by itself as it would in the window.
 */
export async function untilDecided(ask: {
  readonly step: string;
  readonly verdict: Verdict;
  readonly patience: Milliseconds;
  readonly said: Promise<Overruling | Leave>;
  readonly watch: () => Promise<Verdict | undefined>;
  /** How it is left because of what was seen; nothing where it need not be. */
  readonly leaveFor: (seen: Verdict) => Promise<Leave | undefined>;
}): Promise<Overruling | Leave> {
  const { step, verdict, patience, said, watch, leaveFor } = ask;
  const scope = new CancellationScope();
  const nobody = { ...verdict, reason: `${verdict.reason}; nobody has decided in ${spoken(patience)}` };
  const waited = scope.run(() => sleep(patience, { summary: `until ${step} goes back, undecided` }));
  const timeUp = waited.then(
    () => nobody,
    () => nobody,
  );
  try {
    for (;;) {
      const seen = await Promise.race([said, timeUp, scope.run(watch).then((met) => met ?? timeUp)]);
      if (!('kind' in seen)) return seen;
      const leave = await leaveFor(seen);
      if (leave) return leave;
    }
  } finally {
    scope.cancel();
  }
}
