import type { Milliseconds } from '../../duration.js';
import type { BackStep, PlannedStep } from '../../rollout.js';
import type { Window } from '../../strategy.js';

/** A step before it has its number. */
export type Phrase = Omit<PlannedStep, 'id'>;

const toStable: BackStep = { kind: 'shift', share: 0 };

/** The phrases that strategies are made of: each effect with its way back, each look without one. */
export const start: Phrase = { take: { kind: 'start' }, back: { kind: 'stop' } };
export const shift = (share: number): Phrase => ({ take: { kind: 'shift', share }, back: toStable });
export const replace = (batch: number, of: number): Phrase => ({
  take: { kind: 'replace', batch, of },
  back: { kind: 'replace', batch: batch - 1, of },
});
export const verify = (within: Milliseconds): Phrase => ({ take: { kind: 'verify', lane: 'candidate', within } });
export const observe = (window: Window | undefined): readonly Phrase[] =>
  window ? [{ take: { kind: 'observe', window } }] : [];
export const adopt: Phrase = { take: { kind: 'adopt' } };
