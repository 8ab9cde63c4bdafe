import { join } from 'node:path';
import { followUpStandings } from '../../domain/decisions/follow-ups.js';
import { followUpPaths, followUpsIn } from '../../domain/decisions/records/follow-ups.js';
import type { FollowUps } from '../../ports/follow-ups.js';
import { type ChainLine, entryOf, parseLine, recordedFiles } from './chain.js';
import { readText } from './durable-file.js';
import { marksOf } from './ledger.js';

/**
 * Reads the chain as it stands on the disk, the files of it that have grown anew: somebody looks every few seconds, and
 * all but the last of them never change. A line that is just being written is left out.
 */
export function createFollowUps(directory: string): FollowUps {
  const chain = new Map<string, { readonly mark: string; readonly lines: readonly ChainLine[] }>();
  let known: ReturnType<typeof followUpsIn> = { opened: [], words: [] };
  return {
    async standings(now) {
      const marks = await marksOf(directory);
      const grown = marks.filter(([path, mark]) => chain.get(path)?.mark !== mark);
      for (const [path, mark] of grown) chain.set(path, { mark, lines: await linesIn(join(directory, path)) });
      if (grown.length > 0) {
        const lines = marks.flatMap(([path]) => chain.get(path)?.lines ?? []);
        const paths = followUpPaths(lines.map(entryOf));
        known = followUpsIn(await recordedFiles(lines, paths, (path) => readText(join(directory, path))));
      }
      return followUpStandings(known, now);
    },
  };
}

/** Those of a chain file that are about follow-ups. */
async function linesIn(path: string): Promise<readonly ChainLine[]> {
  const lines = ((await readText(path)) ?? '').split('\n').flatMap((text) => parseLine(text) ?? []);
  return lines.filter((line) => followUpPaths([entryOf(line)]).length > 0);
}
