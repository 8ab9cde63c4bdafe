import { type ApplicationFailure, heartbeat } from '@temporalio/activity';
import { judgeBlind } from '../src/domain/decisions/blind.js';
import type { Judgement } from '../src/domain/decisions/judge.js';
import { beginWatch } from '../src/domain/decisions/watch.js';
import { noFigures } from '../src/domain/sample.js';
import type { Window } from '../src/domain/strategy.js';
import type { Unmeasured } from '../src/domain/unmeasured.js';
import { engineClock } from './engine-time.js';
import { notYet } from './not-yet.js';
import type { NothingSoFar, WindowSoFar } from './window-so-far.js';

/** What a look that brought no figures comes to. */
export interface BlindLook extends Judgement {
  /** What the looks before it have seen. */
  readonly seen: Pick<WindowSoFar, 'watch'>;
  /** Carries everything to the next look, and asks for it. */
  readonly next: () => ApplicationFailure;
}

/** One more look without figures, of any window: for a while it asks for the next one, then it ends the window. */
export function withoutFigures(
  carried: WindowSoFar | NothingSoFar | undefined,
  window: Window,
  why: Unmeasured,
): BlindLook {
  const now = engineClock()();
  const blind = { since: carried?.blind?.since ?? now, looks: (carried?.blind?.looks ?? 0) + 1 };
  const { verdict, final } = judgeBlind(window, blind, why, now);
  return {
    ...{ verdict, final },
    seen: carried?.watch ? carried : { watch: beginWatch(noFigures(blind.since)) },
    next: () => {
      heartbeat(
        carried?.watch ? ({ ...carried, verdict, blind } satisfies WindowSoFar) : ({ blind } satisfies NothingSoFar),
      );
      return notYet(verdict.reason, window.every);
    },
  };
}
