import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changeLogPath } from '../../src/domain/decisions/records/change-log.js';
import type { ReleaseProgress } from '../../src/domain/release.js';
import { checkInvariants, rolloutsOf } from '../support/invariants.js';
import { releaseId } from '../../src/messages.js';
import type { Stage } from '../support/stage.js';

/** What a release has left behind: all that must be the same whether a worker died or not. */
export interface Seen {
  readonly outcome: string;
  /** What the platform's ledger says was done, in order. */
  readonly effects: readonly string[];
  /** The records by path; path and text without times, numbers, identifiers and hashes. */
  readonly records: Readonly<Record<string, string>>;
  /** Customers who were not served. */
  readonly lost: number;
  /** Invariants that do not hold. */
  readonly broken: readonly string[];
}

/** Looks at a closed release. */
export async function look(stage: Stage, progress: ReleaseProgress, lost: number): Promise<Seen> {
  const { service, changeId, version } = progress.order;
  const from = progress.stages.at(-1)?.plan?.from?.version ?? 'nothing';
  const named = namesOf({ to: version, from });
  const plain = (text: string): string => uncounted(named(text));
  const runs = await rolloutsOf(await stage.client(), releaseId(service, changeId));
  const ledger = (await stage.ledger(service)).filter(({ key }) => runs.some(({ runId }) => key.startsWith(runId)));
  const first = ledger[0]?.generation ?? 0;
  return {
    outcome: plain(`${progress.outcome?.kind ?? 'none'}: ${progress.outcome?.reason ?? ''}`),
    effects: ledger.map(({ key, generation, ...line }) =>
      named(`${key.split('/').at(-1) ?? ''}, generation +${generation - first}: ${String(line['what'])}`),
    ),
    records: await recordsOf(stage, progress, plain),
    lost,
    broken: await checkInvariants(stage, service, changeId),
  };
}

/** Every difference from the golden run, in words; none where all is well. */
export function differences(golden: Seen, seen: Seen): readonly string[] {
  const paths = [...new Set([...Object.keys(golden.records), ...Object.keys(seen.records)])];
  return [
    ...differ('outcome', golden.outcome, seen.outcome),
    ...differ('effects', golden.effects.join('\n'), seen.effects.join('\n')),
    ...paths.flatMap((path) =>
      differ(path, golden.records[path] ?? '(no such record)', seen.records[path] ?? '(no such record)'),
    ),
    ...(seen.lost > golden.lost ? [`customers: ${seen.lost} were not served; wanted ${golden.lost}`] : []),
    ...seen.broken,
  ];
}

/** The first line that differs says what happened; the rest follows from it. */
function differ(what: string, wanted: string, met: string): readonly string[] {
  if (wanted === met) return [];
  const [lines, others] = [wanted.split('\n'), met.split('\n')];
  const at = others.findIndex((line, i) => line !== lines[i]);
  const line = at < 0 ? others.length : at;
  return [
    `${what}, line ${line + 1}: met ${JSON.stringify(others[line] ?? '(nothing)')}; wanted ${JSON.stringify(lines[line] ?? '(nothing)')}`,
  ];
}

/** The change log's rows and every file but the exported histories, which remember each death. */
async function recordsOf(stage: Stage, progress: ReleaseProgress, plain: (text: string) => string) {
  const read = (path: string): Promise<string> => readFile(join(stage.directory, path), 'utf8');
  const rows = (await read(changeLogPath)).split('\n').filter((row) => row.includes(progress.order.changeId));
  const paths = (progress.outcome?.records ?? []).filter(
    (path) => path !== changeLogPath && !/\/history-[^/]*\.json$/.test(path),
  );
  const files = await Promise.all(paths.map(async (path) => [path, await read(path)] as const));
  const named: Record<string, string> = { [changeLogPath]: plain(rows.join('\n')) };
  for (const [path, text] of files) {
    const name = plain(path);
    named[name] = `${named[name] === undefined ? '' : `${named[name]}\n`}${plain(text)}`;
  }
  return named;
}

/** Versions take turns; identifiers, hashes and times are never the same twice. */
function namesOf({ to, from }: { readonly to: string; readonly from: string }): (text: string) => string {
  const both = (version: string): readonly string[] => [version, version.replaceAll('.', '-')];
  const names = [
    ...both(from).map((name) => [name, 'FROM'] as const),
    ...both(to).map((name) => [name, 'TO'] as const),
  ];
  return (text) =>
    names
      .reduce((all, [name, word]) => all.replaceAll(name, word), text)
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:?\d\d:?\d\d(\.\d+)?( UTC|Z)?/g, 'TIME')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b/g, 'ID')
      .replace(/(?<=\binstance \S+-)[0-9a-f]{8}\b/g, 'HASH')
      .replace(/(?<![\d.])\b(?:[0-9a-f]{12,}|(?=[0-9a-f]*\d)[0-9a-f]{7,11})\b/g, 'HASH');
}

/** What was counted or measured is another thing in every run, and so is whether two records fell into one second. */
const uncounted = (text: string): string =>
  text
    .replace(/\d+(\.\d+)?(?:[eE]-?\d+)?/g, '#')
    .replace(/# (ms|s|min|h)\b/g, '# t')
    .replace(/#Z-#/g, '#Z');
