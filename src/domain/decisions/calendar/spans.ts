/** Stretches of time in milliseconds since 1970, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The same time as few stretches, in order, that do not touch. */
export function joined(spans: readonly Span[]): readonly Span[] {
  const inOrder = spans.filter(({ from, to }) => to > from).toSorted((a, b) => a.from - b.from);
  const done: Span[] = [];
  for (const next of inOrder) {
    const last = done.at(-1);
    if (last && next.from <= last.to) done[done.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else done.push(next);
  }
  return done;
}

/** What is left of `spans` without `taken`. */
export function without(spans: readonly Span[], taken: readonly Span[]): readonly Span[] {
  return joined(taken).reduce<readonly Span[]>(
    (left, { from, to }) =>
      left
        .flatMap((span) => [
          { from: span.from, to: Math.min(span.to, from) },
          { from: Math.max(span.from, to), to: span.to },
        ])
        .filter((span) => span.to > span.from),
    joined(spans),
  );
}

export const holds = ({ from, to }: Span, moment: number): boolean => from <= moment && moment < to;
