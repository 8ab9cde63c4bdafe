import { after, type Instant } from '../duration.js';
import type { KnownSecret, Rotation } from '../secret.js';

/** The last time that a secret was replaced; nothing where that was never recorded. */
export const latestOf = <T extends Rotation>(secret: string, rotations: readonly T[]): T | undefined =>
  rotations
    .filter((rotation) => rotation.secret === secret)
    .reduce<T | undefined>((latest, one) => (latest && latest.at >= one.at ? latest : one), undefined);

/** When it is to be replaced next; nothing where that is not planned, and where nobody knows when it was last. */
export const dueOf = ({ rotation }: Pick<KnownSecret, 'rotation'>, last: Rotation | undefined): Instant | undefined =>
  rotation && last ? after(last.at, rotation.every) : undefined;
