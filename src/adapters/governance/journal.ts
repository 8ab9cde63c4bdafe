import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  changeLogPath,
  emptyChangeLog,
  metRows,
  cellsOf,
  withRows,
} from '../../domain/decisions/records/change-log.js';
import { isFull, isTurned, pageAfter, turned } from '../../domain/decisions/records/change-log-pages.js';
import { line as oneLine } from '../../domain/decisions/records/text.js';
import { chainFile, chainLine, rowHash } from './chain.js';
import { listPages } from './change-logs.js';
import { createFile, readText, replaceFile } from './durable-file.js';
import type { Ledger } from './ledger.js';
import type { Repository } from './repository.js';

const intent = z.object({
  line: chainLine,
  files: z.array(z.object({ path: z.string(), content: z.string() })),
  rows: z.array(z.string()),
  /** Where the rows of a full Change Log go first. */
  page: z.string().optional(),
  beside: z.array(z.string()).default([]),
  subject: z.string(),
});

/** An entry that is decided down to the letter. Once it is written down, it will be carried out, however often it takes. */
type Intent = z.infer<typeof intent>;

/** Called before each step of a write; what it throws ends the write there. */
export type Reached = (step: string) => void;

/** The write-ahead journal, inside git's own folder: a crash at any place is made good by doing the steps again. */
export interface Journal {
  carryOut(intent: Omit<Intent, 'page'>): Promise<void>;
  /** Carries out what a crash left unfinished. Answers what that was. */
  finish(): Promise<Intent | undefined>;
}

export function createJournal(parts: {
  readonly directory: string;
  readonly repository: Repository;
  readonly ledger: Ledger;
  readonly rowsPerPage: number;
  readonly reached: Reached;
}): Journal {
  const { repository, ledger, reached } = parts;
  const path = join(repository.gitFolder, 'slipway-intent.json');
  const steps = async (decided: Intent, isCommitted: () => Promise<boolean>): Promise<void> => {
    for (const file of decided.files) {
      reached(`file ${file.path}`);
      await createFile(join(parts.directory, file.path), file.content);
    }
    reached('change log');
    await addRows(parts.directory, decided, reached);
    reached('chain');
    if (ledger.find(decided.line.eventId) === undefined) await ledger.append(decided.line);
    reached('commit');
    const commit = commitOf(parts.directory, decided);
    if (await isCommitted()) await repository.stage(commit.paths);
    else await repository.commit(commit);
    reached('done');
    await rm(path, { force: true });
  };
  return {
    carryOut: async (ask) => {
      const page = ask.rows.length > 0 ? await pageDue(parts.directory, parts.rowsPerPage) : undefined;
      const decided = { ...ask, ...(page !== undefined && { page }) };
      reached('intent');
      await replaceFile(path, JSON.stringify(decided));
      await steps(decided, () => Promise.resolve(false));
    },
    finish: async () => {
      const left = await readText(path);
      if (left === undefined) return undefined;
      const decided = intent.parse(JSON.parse(left));
      await repository.breakLocks((await stat(path)).mtimeMs);
      await steps(decided, async () => {
        const recorded = await repository.recorded();
        return recorded.some(({ hash }) => hash === decided.line.hash);
      });
      return decided;
    },
  };
}

async function pageDue(directory: string, rowsPerPage: number): Promise<string | undefined> {
  const log = (await readText(join(directory, changeLogPath))) ?? '';
  return isFull(log, rowsPerPage) ? pageAfter(await listPages(directory)) : undefined;
}

async function addRows(directory: string, { rows, line, page }: Intent, reached: Reached): Promise<void> {
  if (rows.length === 0) return;
  const path = join(directory, changeLogPath);
  const found = (await readText(path)) ?? emptyChangeLog;
  const log = page === undefined || isTurned(found, page) ? found : await turn(directory, found, page, reached);
  const there = new Set(metRows(log, line.changeId).map(({ cells }) => rowHash(cells)));
  const missing = rows.filter((row) => !there.has(rowHash(cellsOf(row))));
  if (missing.length > 0) await replaceFile(path, withRows(log, missing));
}

/** Nobody else has written this page, and until the Change Log names it, it is written again. */
async function turn(directory: string, log: string, path: string, reached: Reached): Promise<string> {
  const { page, rest } = turned(log, path);
  reached('page');
  await replaceFile(join(directory, path), page);
  reached('page turned');
  await replaceFile(join(directory, changeLogPath), rest);
  reached('rows');
  return rest;
}

function commitOf(
  directory: string,
  { line, rows, page, files, beside, subject }: Intent,
): Parameters<Repository['commit']>[0] {
  const trailers = [
    `Change-Id: ${line.changeId}`,
    `Event-Id: ${oneLine(line.eventId, 200)}`,
    `Record-Hash: ${line.hash}`,
  ];
  return {
    paths: [
      ...files.map((f) => f.path),
      ...(rows.length > 0 ? [changeLogPath] : []),
      ...(page === undefined ? [] : [page]),
      ...beside.filter((path) => existsSync(join(directory, path))),
      chainFile(line.sequence),
    ],
    message: `${line.changeId}: ${subject}\n\n${trailers.join('\n')}\n`,
    author: line.actor,
    at: line.at,
  };
}
