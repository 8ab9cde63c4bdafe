/**
 * Why a source brought no figures of a lane.
 * - `down`: it does not answer, or not as such a source does, or only in part. `timeout`: not within its time.
 * - `refused`: it does not let us in, or we do not trust it. `bad-query`: it does not understand what it is asked.
 * - `no-series`: it knows nothing of what runs. `stale`: what it knows is too old. `no-number`: what it tells is no count.
 */
export type UnmeasuredKind = 'down' | 'timeout' | 'refused' | 'bad-query' | 'no-series' | 'stale' | 'no-number';

/** A look that brought no figures: neither good nor bad, and never a success. The message is for people. */
export class Unmeasured extends Error {
  override readonly name = 'Unmeasured';
  readonly kind: UnmeasuredKind;

  constructor(kind: UnmeasuredKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
