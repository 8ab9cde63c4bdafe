import type { Milliseconds } from '../../duration.js';
import type { DataChange, Reversal } from '../../migration.js';
import type { StageOrder } from '../../release.js';
import type { BackStep, PlannedStep } from '../../rollout.js';
import type { Window } from '../../strategy.js';

/** A step before it has its number. */
export type Phrase = Omit<PlannedStep, 'id'>;

const toStable = (wayBack: WayBack | undefined): BackStep =>
  wayBack ? { kind: 'shift', share: 0, by: wayBack.shares, every: wayBack.every } : { kind: 'shift', share: 0 };

/** What holds for the steps of a rollout, whatever the strategy. */
export interface Manner {
  readonly smokeWithin: Milliseconds;
  readonly wayBack?: WayBack;
  /** Whether the former version is kept warm after the adoption. */
  readonly keepFormer: boolean;
}

/** How users are brought back: at once, or through these shares. */
export type WayBack = NonNullable<StageOrder['wayBack']>;

/** The phrases that strategies are made of: each effect with its way back, each look without one. */
export const start: Phrase = { take: { kind: 'start' }, back: { kind: 'stop' } };
export const startBaseline: Phrase = { take: { kind: 'start-baseline' }, back: { kind: 'stop-baseline' } };
export const stopBaseline: Phrase = { take: { kind: 'stop-baseline' } };
export const shift = (share: number, wayBack?: WayBack): Phrase => ({
  take: { kind: 'shift', share },
  back: toStable(wayBack),
});
export const replace = (batch: number, of: number): Phrase => ({
  take: { kind: 'replace', batch, of },
  back: { kind: 'replace', batch: batch - 1, of },
});
export const verify = (within: Milliseconds): Phrase => ({ take: { kind: 'verify', lane: 'candidate', within } });
export const observe = (window: Window | undefined): readonly Phrase[] =>
  window ? [{ take: { kind: 'observe', window } }] : [];
export const adopt: Phrase = { take: { kind: 'adopt' } };
export const adoptKeeping = (keepFormer: boolean): Phrase =>
  keepFormer ? { take: { kind: 'adopt', keepFormer } } : adopt;

/** A backup stays where it is: there is nothing to take back. */
export const backup: Phrase = { take: { kind: 'backup' } };

/** Only a scripted migration has a way back: the data of a compatible one stays, that of an irreversible one has to. */
export const migrate = ({ migration, of }: DataChange): Phrase => ({
  take: { kind: 'migrate', migration, of },
  ...(migration.class === 'scripted' && { back: { kind: 'revert', migration, of } }),
});

/** Goes back over a migration, for a version that was made before it; if that is not kept either, it comes again. */
export const revert = ({ migration, of }: Reversal): Phrase => ({
  take: { kind: 'revert', migration, of },
  back: { kind: 'migrate', migration, of },
});
