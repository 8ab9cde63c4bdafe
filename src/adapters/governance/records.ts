import { join } from 'node:path';
import type { Logger } from 'pino';
import { rowsPerPage as usualRows } from '../../domain/decisions/records/change-log-pages.js';
import { decideRecords } from '../../domain/decisions/records/decide-records.js';
import type { RecordedEvent } from '../../domain/decisions/records/facts.js';
import type { Plots } from '../../ports/plots.js';
import type { Records } from '../../ports/records.js';
import { gatherAudit, hashesOnDisk } from './audit-facts.js';
import { readChangeLog } from './change-logs.js';
import { entryOf, isEnded, placeAfter, receipt, recordedFiles, recordedRows, seal } from './chain.js';
import type { ChainLine } from './chain.js';
import { saidPlainly } from './disk-faults.js';
import { readText } from './durable-file.js';
import { findFacts } from './facts.js';
import { inspect } from './inspect.js';
import { createJournal } from './journal.js';
import type { Journal, Reached } from './journal.js';
import { createLedger } from './ledger.js';
import type { Ledger } from './ledger.js';
import { openRepository } from './repository.js';
import type { Repository } from './repository.js';
import { createWriterLock, writerLockPath } from './writer-lock.js';

/** The governance repository on this machine. */
export interface GovernanceRecords extends Records {
  /** Completes what a crash left unfinished, as every other call does before its own work. For the start of a writer. */
  recover(): Promise<void>;
}

/** Writes governance records into the git repository at `directory`, which `initGovernanceRepository` has made. */
export function createGovernanceRecords(parts: {
  readonly directory: string;
  readonly logger?: Pick<Logger, 'info' | 'warn'>;
  /** Draws the figures of incidents, which have none without; for a writer. */
  readonly plots?: Plots;
  /** Rows that the Change Log holds before they go to a page. */
  readonly rowsPerPage?: number;
  /** Told each step of a write before it is taken; what it throws ends the write there, as a crash would. */
  readonly reached?: Reached;
}): GovernanceRecords {
  const exclusively = createExclusively(parts);
  const appendAt = async (desk: Desk, event: RecordedEvent): Promise<ChainLine> => {
    const known = desk.ledger.find(event.eventId);
    if (known) return known;
    const line = await record(parts, desk, event);
    parts.logger?.info({ changeId: line.changeId, kind: line.kind, sequence: line.sequence }, 'record written');
    return line;
  };
  const append = (event: RecordedEvent): Promise<ChainLine> => exclusively((desk) => appendAt(desk, event));
  const opened = (event: RecordedEvent) =>
    exclusively(async (desk) => {
      const line = await appendAt(desk, event);
      return { ...receipt(line), changeId: line.changeId, ended: isEnded(desk.ledger.ofChange(line.changeId)) };
    });
  return {
    openChange: ({ eventId, request }) => opened({ kind: 'change-opened', eventId, request }),
    openFlagChange: ({ eventId, request }) => opened({ kind: 'flag-change-opened', eventId, request }),
    write: async (event) => receipt(await append(event)),
    audit: async () => {
      const { directory } = parts;
      // Most of the time goes here, and writers go on meanwhile.
      const hashed = await hashesOnDisk(directory, await exclusively(({ ledger }) => Promise.resolve(ledger.files())));
      return inspect(
        await exclusively(({ repository, ledger }) => gatherAudit({ directory, repository, ledger, hashed })),
      );
    },
    latestOf: (service) => exclusively(({ ledger }) => Promise.resolve(ledger.latestOf(service))),
    entriesOf: (changeId) => exclusively(({ ledger }) => Promise.resolve(ledger.ofChange(changeId).map(entryOf))),
    rowsOf: (changeIds) =>
      exclusively(async ({ ledger }) => {
        const changeLog = (await readChangeLog(parts.directory)).map(({ text }) => text).join('\n');
        return recordedRows((changeId) => ledger.ofChange(changeId), changeLog, changeIds);
      }),
    entries: () => exclusively(({ ledger }) => Promise.resolve(ledger.lines().map(entryOf))),
    read: (paths) =>
      exclusively(({ ledger }) =>
        recordedFiles(ledger.lines(), paths, (path) => readText(join(parts.directory, path))),
      ),
    recover: () => exclusively(() => Promise.resolve()),
  };
}

/** What a writer works with while it has its turn. */
interface Desk {
  readonly repository: Repository;
  readonly ledger: Ledger;
  readonly journal: Journal;
}

/** Git's housekeeping is asked for once in so many entries. */
const tidyEvery = 200;

async function record(
  { directory, plots }: { readonly directory: string; readonly plots?: Plots },
  desk: Desk,
  event: RecordedEvent,
): Promise<ChainLine> {
  const { repository, ledger, journal } = desk;
  const chain = placeAfter(ledger.last());
  const found = await findFacts({ directory, ledger, chain, event });
  const entry = decideRecords(event, { ...found, ...(plots && { draw: (figure) => plots.draw(figure) }) });
  const line = seal(entry, chain);
  const { files, rows, beside = [], subject } = entry;
  await journal.carryOut({ line, files: [...files], rows: [...rows], beside: [...beside], subject });
  if (line.sequence % tidyEvery === 0) await repository.tidy();
  return line;
}

/** One at a time, and never on top of an unfinished write. */
function createExclusively(
  parts: Parameters<typeof createGovernanceRecords>[0],
): <T>(work: (desk: Desk) => Promise<T>) => Promise<T> {
  const { directory, logger, rowsPerPage = usualRows, reached } = parts;
  const ledger = createLedger(directory);
  let opened: Repository | undefined;
  const open = async (): Promise<Repository> => (opened ??= await openRepository(directory));
  const inTurn = createWriterLock(async () => writerLockPath((await open()).gitFolder));
  return (work) =>
    saidPlainly(() =>
      inTurn(async (stillHeld) => {
        const repository = await open();
        const guard: Reached = (step) => {
          stillHeld();
          reached?.(step);
        };
        const journal = createJournal({ directory, repository, ledger, rowsPerPage, reached: guard });
        await ledger.refresh();
        const finished = await journal.finish();
        if (finished) logger?.warn({ changeId: finished.line.changeId }, 'an unfinished record was completed');
        return await work({ repository, ledger, journal });
      }),
    );
}
