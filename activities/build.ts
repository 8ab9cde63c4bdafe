import { cancellationSignal } from '@temporalio/activity';
import type { Builder } from '../src/ports/builder.js';
import { beating } from './beating.js';
import type { BuildActivities } from './contract.js';
import { withCodes } from './faults.js';

/** Builds, telling as it goes which line was printed last. */
export function createBuildActivities({ builder }: { readonly builder: Builder }): BuildActivities {
  return withCodes<BuildActivities>({
    async buildArtifact(ask) {
      let line = 'clean checkout';
      const progress = (next: string): void => void (line = next.slice(0, 200));
      return await beating(
        () => builder.build(ask, { progress, signal: cancellationSignal() }),
        () => line,
      );
    },
  });
}
