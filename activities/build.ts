import { cancellationSignal } from '@temporalio/activity';
import type { Builder } from '../src/ports/builder.js';
import { beating } from './beating.js';
import type { BuildActivities } from './contract.js';
import { sweep, type SweepTools } from './sweep.js';
import { withCodes } from './faults.js';

/** Builds, telling as it goes which line was printed last; and lets go of what has had its time. */
export function createBuildActivities(tools: { readonly builder: Builder } & SweepTools): BuildActivities {
  const { builder } = tools;
  return withCodes<BuildActivities>({
    async buildArtifact(ask) {
      let line = 'clean checkout';
      const progress = (next: string): void => void (line = next.slice(0, 200));
      return await beating(
        () => builder.build(ask, { progress, signal: cancellationSignal() }),
        () => line,
      );
    },

    sweepArtifacts: (ask) => beating(() => sweep(tools, ask)),
  });
}
