import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployLog } from '../../domain/decisions/records/deploy-log.js';
import type { RecordFacts } from '../../domain/decisions/records/entry.js';
import type { ChainPlace, RecordedEvent } from '../../domain/decisions/records/facts.js';
import { sha256 } from './chain.js';
import type { ChainLine } from './chain.js';
import { readChangeLog } from './change-logs.js';
import { isCode, readText } from './durable-file.js';
import type { Ledger } from './ledger.js';

/** Finds what is already there, in the chain and on the disk: what a person added by hand counts as well. */
export async function findFacts(ask: {
  readonly directory: string;
  readonly ledger: Ledger;
  readonly chain: ChainPlace;
  readonly event: RecordedEvent;
}): Promise<RecordFacts> {
  const { directory, ledger, chain, event } = ask;
  const numbered = ['change-opened', 'flag-change-opened', 'secret-rotated', 'service-reconciled'].includes(event.kind);
  const decides = event.kind === 'rollout-ended' || event.kind === 'flag-changed';
  // Numbers are of one day: the page before holds the rows of it that are no longer in the Change Log.
  const changeLog = numbered ? (await readChangeLog(directory, 1)).map(({ text }) => text).join('\n') : '';
  const decisions = decides ? (await decisionNames(directory)).join('\n') : '';
  const own = event.kind === 'release-closed' ? ledger.ofChange(event.release.order.changeId) : [];
  return {
    chain,
    isTaken: (path) => ledger.holds(path) || existsSync(join(directory, path)),
    isChangeId: (id) => ledger.ofChange(id).length > 0 || isNamed(changeLog, id),
    isDecisionId: (id) => ledger.decides(id) || isNamed(decisions, id),
    ...deployLogsOf(await readFiles(directory, own)),
  };
}

/** Whether a text names an id: `change-20261124-10` is not named by `change-20261124-100`. */
export function isNamed(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1))
    if (!/\d/.test(text.charAt(at + id.length))) return true;
  return false;
}

/** Among files of one change: the deploy logs that are as they were recorded, and the paths of those that are not. */
export function deployLogsOf(
  files: readonly { readonly path: string; readonly hash: string; readonly text: string | undefined }[],
): Pick<RecordFacts, 'rollouts' | 'lost'> {
  const logs = files.filter(({ path }) => path.startsWith('logs/deployments/'));
  const isIntact = ({ hash, text }: (typeof files)[number]): boolean => text !== undefined && sha256(text) === hash;
  return {
    // The hash says that these are the letters a `DeployLog` was written with.
    rollouts: logs.filter(isIntact).map(({ text }) => JSON.parse(text ?? '') as DeployLog),
    lost: logs.filter((log) => !isIntact(log)).map(({ path }) => path),
  };
}

async function decisionNames(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(join(directory, 'docs/decisions'));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function readFiles(directory: string, lines: readonly ChainLine[]): Promise<Parameters<typeof deployLogsOf>[0]> {
  const files = lines.flatMap((line) => line.files).filter(({ path }) => path.endsWith('.json'));
  return await Promise.all(
    files.map(async ({ path, sha256: hash }) => ({ path, hash, text: await readText(join(directory, path)) })),
  );
}
