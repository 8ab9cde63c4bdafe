/**
 * What a judge says: of one metric, of one window, of one gate. A verdict is returned, never thrown, and always
 * carries a reason a person can act on.
 * - `pass`: looked at, and good.
 * - `fail`: looked at, and bad.
 * - `inconclusive`: looked at, but too little was seen to tell.
 * - `no-data`: nothing was seen at all. Silence is never success.
 * - `error`: the source could not be asked.
 */
export type VerdictKind = 'pass' | 'fail' | 'inconclusive' | 'no-data' | 'error';

export interface Verdict {
  readonly kind: VerdictKind;
  readonly reason: string;
  /** Of a window in which both lanes' error rates were compared look by look: what the comparison had come to. */
  readonly test?: TestFigures;
}

/** What a sequential test had come to: `p` holds at every look, and a window ends early once it is at most `alpha`. */
export interface TestFigures {
  readonly p: number;
  readonly alpha: number;
  readonly stable: { readonly requests: number; readonly errors: number };
  readonly candidate: { readonly requests: number; readonly errors: number };
}

const gravity: Record<VerdictKind, number> = { pass: 0, inconclusive: 1, 'no-data': 2, error: 3, fail: 4 };

export const pass = (reason: string): Verdict => ({ kind: 'pass', reason });
export const fail = (reason: string): Verdict => ({ kind: 'fail', reason });

/** The graver of two verdicts; of equals, the first, so that the first reason given is the one kept. */
export const graver = (a: Verdict, b: Verdict): Verdict => (gravity[b.kind] > gravity[a.kind] ? b : a);
