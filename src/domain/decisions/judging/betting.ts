/**
 * Betting against "the candidate is no worse" (an e-process): plain data, so that it can be carried from look to look.
 * Several bets run side by side, each with its own idea of how much worse the candidate is; their weighted sum is the
 * evidence. If the candidate is no worse, it ever reaches 1/alpha with probability alpha at most, however often one
 * looks (J. Ville, 1939; V. Vovk and R. Wang, Ann. Stat. 49, 2021).
 */
export interface Bets {
  /** Natural logarithm of what each bet has grown to, its weight included. */
  readonly logs: readonly number[];
  /** Logarithm of the largest evidence so far. */
  readonly peak: number;
}

export function beginBets(weights: readonly number[]): Bets {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return { logs: weights.map((weight) => Math.log(weight / all)), peak: 0 };
}

/** One look more: each bet is multiplied by its likelihood ratio, given as logarithms in the order of the bets. */
export function settle({ logs, peak }: Bets, ratios: readonly number[]): Bets {
  const next = logs.map((log, i) => log + (ratios[i] ?? 0));
  return { logs: next, peak: Math.max(peak, logSum(next)) };
}

/** A p-value that holds at every look: the reciprocal of the largest evidence, at most 1 (G. Shafer and others, 2011). */
export const anytimeP = ({ peak }: Bets): number => Math.min(1, Math.exp(-peak));

function logSum(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
