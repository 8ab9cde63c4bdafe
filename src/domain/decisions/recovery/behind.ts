import type { KnownChanges, LatestRecorded } from '../../recovery.js';

/**
 * What the records know of a service and its mailbox does not: then the engine's data were lost, or an older copy of them
 * was put back. Nothing where the mailbox knows the latest of both, however much there is: what is older it knew before.
 */
export function whyBehind({ opened, closed }: LatestRecorded, known: KnownChanges): string | undefined {
  const knows = [...known.open, ...known.ended, ...known.lost];
  const isArriving = opened && !opened.begun && known.keys.includes(opened.key);
  if (opened && !isArriving && !knows.includes(opened.changeId))
    return `the records know of ${opened.changeId}, asked for at ${opened.at}, and the engine does not: ${cause}`;
  if (!closed || known.open.includes(closed.changeId) || known.ended.includes(closed.changeId)) return undefined;
  return `the records say how ${closed.changeId} ended, at ${closed.at}, and the engine does not know it: ${cause}`;
}

const cause = 'its data were lost, or an older copy of them was put back';
