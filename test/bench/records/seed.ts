import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chainFile, placeAfter, seal, sha256, written } from '../../../src/adapters/governance/chain.js';
import type { ChainLine } from '../../../src/adapters/governance/chain.js';
import { deployLogsOf } from '../../../src/adapters/governance/facts.js';
import { initGovernanceRepository } from '../../../src/adapters/governance/repository.js';
import { isFull, pageAfter, rowsPerPage, turned } from '../../../src/domain/decisions/records/change-log-pages.js';
import { changeLogPath, emptyChangeLog, withRows } from '../../../src/domain/decisions/records/change-log.js';
import { decideRecords } from '../../../src/domain/decisions/records/decide-records.js';
import type { DecidedEntry } from '../../../src/domain/decisions/records/entry.js';
import type { RecordedEvent } from '../../../src/domain/decisions/records/facts.js';
import { commitAll } from './commit-all.js';
import { releaseStory } from './release-story.js';

/** What a seeded repository holds. */
export interface Seeded {
  readonly releases: number;
  readonly entries: number;
  readonly files: number;
  readonly megabytes: number;
}

/**
 * Makes a repository that `releases` releases have gone through: decided by the same pure code, sealed into the same
 * chain, but written without waiting for the disk and committed by one `fast-import`, as a year of work has to fit in
 * minutes. Each entry is a commit of its own.
 */
export async function seed(directory: string, releases: number): Promise<Seeded> {
  await initGovernanceRepository(directory);
  const writer = createWriter(directory);
  for (let number = 0; number < releases; number++) for (const event of releaseStory(number)) await writer.write(event);
  await writer.end();
  await commitAll(directory, writer.commits);
  return { releases, ...writer.counted() };
}

function createWriter(directory: string) {
  const texts = new Map<string, string>();
  const ids = new Set<string>();
  const folders = new Set<string>();
  const commits: { readonly line: ChainLine; readonly subject: string }[] = [];
  const whole = new Map<string, string[]>();
  const pages: string[] = [];
  let log = emptyChangeLog;
  let [own, bytes, files] = [[] as { path: string; hash: string; text: string }[], 0, 0];
  let last: ChainLine | undefined;
  const put = async (path: string, content: string): Promise<void> => {
    await mkdir(join(directory, dirname(path)), { recursive: true });
    await writeFile(join(directory, path), content);
    folders.add(dirname(path));
    [bytes, files] = [bytes + content.length, files + 1];
  };
  const keep = async ({ files: made, changeId, kind }: DecidedEntry): Promise<void> => {
    if (kind === 'change-opened') own = [];
    for (const { path, content } of made) {
      texts.set(path, '');
      own.push({ path, hash: sha256(content), text: content });
      await put(path, content);
    }
    ids.add(changeId);
  };
  const addRows = async (rows: readonly string[]): Promise<void> => {
    if (isFull(log, rowsPerPage)) {
      const path = pageAfter(pages);
      const { page, rest } = turned(log, path);
      await put(path, page);
      pages.push(path);
      log = rest;
    }
    log = withRows(log, rows);
  };
  return {
    commits,
    async write(event: RecordedEvent): Promise<void> {
      const chain = placeAfter(last);
      const isTaken = (path: string): boolean => texts.has(path) || folders.has(path);
      const isDecisionId = (id: string): boolean => ids.has(id);
      const isChangeId = (id: string): boolean => ids.has(id);
      const entry = decideRecords(event, { chain, isTaken, isChangeId, isDecisionId, ...deployLogsOf(own) });
      for (const { path } of entry.files) ids.add(/DEC-DEPLOY-\d+/.exec(path)?.[0] ?? '');
      await keep(entry);
      last = seal(entry, chain);
      if (entry.rows.length > 0) await addRows(entry.rows);
      whole.set(chainFile(last.sequence), [...(whole.get(chainFile(last.sequence)) ?? []), written(last)]);
      commits.push({ line: last, subject: entry.subject });
    },
    async end(): Promise<void> {
      for (const [path, parts] of whole) await put(path, parts.join(''));
      await put(changeLogPath, log);
    },
    counted: () => ({ entries: commits.length, files, megabytes: Math.round(bytes / 2 ** 20) }),
  };
}
