import { createHash } from 'node:crypto';
import type { FlagdCore } from '@openfeature/flagd-core';
import type { Logger } from 'pino';
import { toFlagd } from '../domain/decisions/flags/flagd.js';
import { Refused } from '../domain/failure.js';
import type { Flags, FlagsRead } from '../ports/flags.js';

/** The flags of an environment as they are served: evaluated here, or given out as flagd reads them. */
export interface Served extends FlagsRead {
  readonly core: FlagdCore;
  /** For flagd, as JSON; the tag changes with it. */
  readonly flagd: string;
  readonly etag: string;
}

/** What is served now. With `problems` the file makes no sense, and `served` is what it said before, if it ever did. */
export interface Serving {
  readonly served?: Served;
  readonly problems: readonly string[];
}

export type LiveFlags = ReturnType<typeof createLiveFlags>;

/**
 * Flags as they are at this moment: every question looks whether the file is still the one that was read. What makes no
 * sense is not served; the last that made sense is, until the file is mended.
 */
export function createLiveFlags({ flags, logger }: { readonly flags: Flags; readonly logger: Logger }) {
  const good = new Map<string, Served>();
  const told = new Map<string, string>();

  return {
    async in(environment: string): Promise<Serving> {
      const before = good.get(environment);
      try {
        const read = await flags.read(environment);
        const served = before?.revision === read.revision ? before : await serve(read);
        if (served !== before)
          logger.info({ environment, path: read.path, flags: read.flags.length }, 'flags are served');
        good.set(environment, served);
        told.delete(environment);
        return { served, problems: [] };
      } catch (fault) {
        const problems = linesOf(fault);
        report(environment, problems, before);
        return { ...(before && { served: before }), problems };
      }
    },
  };

  /** Once for each problem, however often somebody asks. */
  function report(environment: string, problems: readonly string[], before: Served | undefined): void {
    const all = problems.join('\n');
    if (told.get(environment) === all) return;
    told.set(environment, all);
    const message = before
      ? 'flags make no sense; the last that did are served'
      : 'flags make no sense; none are served';
    logger.error({ environment, problems }, message);
  }
}

/** What a file that makes no sense is told with; any other fault is one line of its own. */
const linesOf = (fault: unknown): readonly string[] => {
  if (fault instanceof Refused) return fault.message.split('\n');
  return [fault instanceof Error ? fault.message : String(fault)];
};

async function serve(read: FlagsRead): Promise<Served> {
  // Loaded when somebody asks for flags: not every Slipway has any.
  const { FlagdCore } = await import('@openfeature/flagd-core');
  const flagd = JSON.stringify(toFlagd(read.flags));
  // No code is made of what stands in a file.
  const core = new FlagdCore(undefined, silent, { disableDynamicCodeGeneration: true });
  core.setConfigurations(flagd);
  return { ...read, core, flagd, etag: etagOf(flagd) };
}

/** The entity tag of a body (RFC 9110). */
export const etagOf = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;

const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // What an evaluation comes to is answered to who asked.
}
