import * as z from 'zod';
import type { MigrationClass, Migration, Script } from '../domain/migration.js';
import type { ConfigProblem, Path, Position } from './problems.js';
import { shown, toProblem } from './problems.js';
import { readAs } from './read.js';
import { scriptHash } from './script-hash.js';
import { readSource } from './source.js';
import type { Source } from './source.js';
import { fileInside, semanticVersion, text } from './words.js';

/** What a `migration.yml` declares: nothing for class `none`; or everything that is wrong with it, in the order of the file. */
export type Declaration =
  | { readonly ok: true; readonly migration?: Migration }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const classes = ['none', 'compatible', 'scripted', 'irreversible'] as const satisfies readonly MigrationClass[];

const written = z.strictObject({
  class: z.enum(classes),
  migrate: fileInside.optional(),
  revert: fileInside.optional(),
  impact: text.optional(),
  phase: z.enum(['expand', 'contract']).optional(),
  expands: semanticVersion.optional(),
});

type Written = z.output<typeof written>;

/** Reads a declaration and the scripts that it names. `script` gives a file's text by its path, `undefined` where there is none. */
export async function readDeclaration(ask: {
  readonly file: string;
  readonly text: string;
  readonly script: (path: string) => Promise<string | undefined>;
}): Promise<Declaration> {
  const { file } = ask;
  const source = readSource(ask.text);
  if ('faults' in source) {
    const told = source.faults.map(({ line, column, met, wanted }) =>
      toProblem({ path: [], at: 'value', met, wanted }, { file, line, column }),
    );
    return { ok: false, problems: told };
  }
  const read = readAs(written, source.value);
  const found = [...source.findings, ...read.findings.map((finding) => placed(source, finding))];
  if (found.length > 0 || !read.written)
    return { ok: false, problems: inOrder(found.map((finding) => toProblem(finding, { ...finding, file }))) };
  const declared = read.written;
  const wrong = [...senseless(declared), ...(await unusable(declared, ask.script))];
  if (wrong.length > 0) {
    const problems = wrong.map(({ key, met, wanted }) => {
      const finding = { path: [key], at: 'value', met: met ?? shown(declared[key]), wanted } as const;
      return toProblem(finding, { ...placed(source, finding), file });
    });
    return { ok: false, problems: inOrder(problems) };
  }
  const migration = await meantBy(declared, ask.script);
  return { ok: true, ...(migration && { migration }) };
}

const placed = <T extends { readonly path: Path; readonly at: 'key' | 'value' }>(
  source: Source,
  finding: T,
): T & Position => ({ ...finding, ...source.position(finding.path, finding.at) });

const inOrder = (problems: readonly ConfigProblem[]): readonly ConfigProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column);

interface Wrong {
  readonly key: keyof Written;
  readonly met?: string;
  readonly wanted: string;
}

/** What each setting allows by itself and all of them together do not. */
function senseless(declared: Written): readonly Wrong[] {
  const { class: of, migrate, revert, impact, phase, expands } = declared;
  if (of === 'none') {
    const others = (['migrate', 'revert', 'impact', 'phase', 'expands'] as const).filter(
      (key) => declared[key] !== undefined,
    );
    return others.map((key) => ({ key, wanted: 'nothing: class none changes no data' }));
  }
  const unless = (holds: boolean, key: keyof Written, wanted: string): readonly Wrong[] =>
    holds ? [] : [{ key, wanted }];
  return [
    ...unless(migrate !== undefined, 'migrate', 'the path of the script that migrates'),
    ...unless(impact !== undefined, 'impact', 'a sentence that tells people what this means for data'),
    ...unless(
      of !== 'scripted' || revert !== undefined,
      'revert',
      'the path of the script that reverts it: class scripted has a way back',
    ),
    ...unless(of !== 'irreversible' || revert === undefined, 'revert', 'nothing: class irreversible has no way back'),
    ...unless(revert === undefined || revert !== migrate, 'revert', 'another script than migrate'),
    ...unless(
      phase !== 'expand' || of === 'compatible',
      'phase',
      'expand with class compatible only: both versions run on what is expanded',
    ),
    ...unless(phase !== 'contract' || expands !== undefined, 'expands', 'the version whose expand half this contracts'),
    ...unless(
      phase === 'contract' || expands === undefined,
      'expands',
      'nothing: only phase contract follows an expand half',
    ),
  ];
}

type ReadScript = Parameters<typeof readDeclaration>[0]['script'];

/** Scripts that are missing, empty, not SQL, or that would end the transaction they run in. */
async function unusable(declared: Written, script: ReadScript): Promise<readonly Wrong[]> {
  const keys = (['migrate', 'revert'] as const).filter((key) => declared[key] !== undefined);
  const wrong = await Promise.all(
    keys.map(async (key): Promise<readonly Wrong[]> => {
      const path = declared[key] ?? '';
      const sql = await script(path);
      if (sql === undefined) return [{ key, wanted: `a file of this commit; ${path} is none` }];
      const problem = await sqlProblem(sql);
      return problem === undefined ? [] : [{ key, met: `${path}${problem.met}`, wanted: problem.wanted }];
    }),
  );
  return wrong.flat();
}

/** By PostgreSQL's own grammar. What only the server can tell is found out on the restored copy. */
async function sqlProblem(sql: string): Promise<{ readonly met: string; readonly wanted: string } | undefined> {
  if (sql.trim() === '') return { met: ', an empty file', wanted: 'SQL statements' };
  // Loaded where there is SQL to read: most releases bring none.
  const { hasSqlDetails, parse } = await import('libpg-query');
  try {
    const { stmts = [] } = await parse(sql);
    if (stmts.length === 0) return { met: ', which holds no statement', wanted: 'SQL statements' };
    const ending = stmts.find(({ stmt }) => stmt && 'TransactionStmt' in stmt && ends(stmt.TransactionStmt.kind));
    if (!ending) return undefined;
    const from = Buffer.from(sql)
      .subarray(0, ending.stmt_location ?? 0)
      .toString();
    const gap = /^(?:\s|--.*|\/\*[\s\S]*?\*\/)*/.exec(sql.slice(from.length))?.[0] ?? '';
    const word = /^\w+/.exec(sql.slice(from.length + gap.length))?.[0] ?? 'a statement';
    return {
      met: `:${lineOf(`${from}${gap}`)} ${word.toUpperCase()}`,
      wanted: 'a script without transaction statements: Slipway runs all of it in one transaction of its own',
    };
  } catch (fault) {
    if (!hasSqlDetails(fault)) throw fault;
    const before = Array.from(sql)
      .slice(0, fault.sqlDetails?.cursorPosition ?? 0)
      .join('');
    return { met: `:${lineOf(before)} ${fault.message}`, wanted: 'SQL that PostgreSQL reads; psql commands are not' };
  }
}

const ends = (kind: string | undefined): boolean => !/SAVEPOINT|RELEASE|ROLLBACK_TO/.test(kind ?? '');
const lineOf = (before: string): number => before.split('\n').length;

async function meantBy(declared: Written, script: ReadScript): Promise<Migration | undefined> {
  const { class: of, migrate, revert, impact, phase, expands } = declared;
  if (of === 'none' || migrate === undefined || impact === undefined) return undefined;
  const scriptAt = async (path: string): Promise<Script> => ({ path, hash: scriptHash((await script(path)) ?? '') });
  const common = {
    migrate: await scriptAt(migrate),
    impact,
    ...(phase === 'expand' && { phase: { kind: phase } }),
    ...(phase === 'contract' && expands !== undefined && { phase: { kind: phase, expands } }),
  };
  if (of === 'irreversible') return { class: of, ...common };
  if (revert === undefined) return of === 'compatible' ? { class: of, ...common } : undefined;
  return { class: of, ...common, revert: await scriptAt(revert) };
}
