import { join } from 'node:path';
import { followUpStandings } from '../../domain/decisions/follow-ups.js';
import { followUpPaths, followUpsIn } from '../../domain/decisions/records/follow-ups.js';
import type { FollowUps } from '../../ports/follow-ups.js';
import { entryOf, parseLine, recordedFiles } from './chain.js';
import { readText } from './durable-file.js';
import { fingerprint, listChain } from './ledger.js';

/** Reads the chain as it stands on the disk, anew whenever it has grown; a line that is just being written is left out. */
export function createFollowUps(directory: string): FollowUps {
  let seen = '';
  let known: ReturnType<typeof followUpsIn> = { opened: [], words: [] };
  return {
    async standings(now) {
      const print = await fingerprint(directory);
      if (print !== seen) {
        known = await read(directory);
        seen = print;
      }
      return followUpStandings(known, now);
    },
  };
}

async function read(directory: string): Promise<ReturnType<typeof followUpsIn>> {
  const texts = await Promise.all((await listChain(directory)).map((path) => readText(join(directory, path))));
  const lines = texts.flatMap((text = '') => text.split('\n').flatMap((line) => parseLine(line) ?? []));
  const paths = followUpPaths(lines.map(entryOf));
  return followUpsIn(await recordedFiles(lines, paths, (path) => readText(join(directory, path))));
}
