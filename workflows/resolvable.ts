/** Something that is said later, once, by whoever has it. */
export interface Resolvable<T> extends PromiseLike<T> {
  readonly resolve: (value: T) => void;
}

/**
 * Unlike the SDK's `Trigger`, which it takes the place of tick by tick, it belongs to no scope: that one rejects when
 * cancellation of the workflow is requested, which is heard here as a demand, and must not end what answers it.
 */
export function resolvable<T>(): Resolvable<T> {
  let resolve: (value: T) => void = () => undefined;
  const said = new Promise<T>((settle) => (resolve = settle));
  return { resolve, then: said.then.bind(said) };
}
