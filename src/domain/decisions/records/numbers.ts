import type { Instant } from '../../duration.js';
import { stamp } from './text.js';

/** Every change id looks like this: `change-20261124-01`, three digits once a day has more than 99. */
export const changeIdPattern = /\bchange-\d{8}-\d{2,}\b/g;

/** The lowest change id of the day that nothing carries yet. The day is the UTC day of `at`. */
export function nextChangeId(at: Instant, isUsed: (changeId: string) => boolean): string {
  const day = stamp(at).slice(0, 8);
  for (let number = 1; ; number++) {
    const id = `change-${day}-${String(number).padStart(2, '0')}`;
    if (!isUsed(id)) return id;
  }
}

/** The lowest decision id that no decision carries yet: `DEC-DEPLOY-0001`. */
export function nextDecisionId(isUsed: (decisionId: string) => boolean): string {
  for (let number = 1; ; number++) {
    const id = `DEC-DEPLOY-${String(number).padStart(4, '0')}`;
    if (!isUsed(id)) return id;
  }
}

/** The lowest number of a follow-up that none carries yet: `FU-0001`. */
export function nextFollowUpId(isUsed: (id: string) => boolean): string {
  for (let number = 1; ; number++) {
    const id = `FU-${String(number).padStart(4, '0')}`;
    if (!isUsed(id)) return id;
  }
}

/** The first free name for a record of this second: the plain one, then `-2`, `-3`, …. `name` is given what is added. */
export function freeName(name: (suffix: string) => string, isTaken: (path: string) => boolean): string {
  for (let number = 1; ; number++) {
    const path = name(number === 1 ? '' : `-${number}`);
    if (!isTaken(path)) return path;
  }
}
