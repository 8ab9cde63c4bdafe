/**
 * P(U ≤ u) for the U statistic of two samples of `m` and `n` values without ties, u a whole number: how many of the
 * C(m+n, m) ways to mix them have at most `u` pairs in the wrong order.
 */
export function cumulativeU(u: number, m: number, n: number): number {
  if (u < 0) return 0;
  if (u >= m * n) return 1;
  if (u > (m * n) / 2) return 1 - cumulativeU(m * n - u - 1, m, n);
  let sum = 0;
  for (const ways of waysUpTo(u, m, n)) sum += ways;
  return sum / waysInAll(m, n);
}

/** The smallest whole number `u` with P(U ≤ u) ≥ `p`, p ≤ 1/2, as R's `qwilcox` finds it. */
export function quantileU(p: number, m: number, n: number): number {
  const ways = waysUpTo(Math.ceil((m * n) / 2), m, n);
  const wanted = (p - 10 * Number.EPSILON) * waysInAll(m, n);
  let sum = 0;
  return ways.findIndex((more) => (sum += more) >= wanted);
}

/**
 * How many mixtures have U = 0, 1, …, `most`: the first coefficients of the Gaussian binomial ∏ (1 − q^(n+i)) / (1 − q^i),
 * i = 1…m. Each coefficient is made of smaller ones only, so rounding stays relative to it. O(min(m, n) · most).
 */
function waysUpTo(most: number, m: number, n: number): Float64Array {
  const [few, many] = m < n ? [m, n] : [n, m];
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (let i = 1; i <= few; i += 1) {
    for (let u = most; u >= many + i; u -= 1) ways[u] = (ways[u] ?? 0) - (ways[u - many - i] ?? 0);
    for (let u = i; u <= most; u += 1) ways[u] = (ways[u] ?? 0) + (ways[u - i] ?? 0);
  }
  return ways;
}

/** C(m+n, m). */
function waysInAll(m: number, n: number): number {
  let ways = 1;
  for (let i = 1; i <= m; i += 1) ways = (ways * (n + i)) / i;
  return ways;
}
