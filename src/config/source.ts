import { isAlias, isCollection, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument } from 'yaml';
import type { Alias, Document, Node, YAMLError, YAMLMap, YAMLSeq } from 'yaml';
import { pathText, shown } from './problems.js';
import type { Finding, Path, Position } from './problems.js';

/** A YAML text as plain values, and where each of them stands. */
export interface Source {
  readonly value: unknown;
  /** What YAML allows and a configuration does not: a key twice, an alias of itself. */
  readonly findings: readonly (Finding & Position)[];
  /** Of a key or value; of the nearest thing around it when it is not written. */
  position(path: Path, at: Finding['at']): Position;
}

/** What is wrong with a text that is not YAML at all. */
export interface Unreadable {
  readonly faults: readonly (Position & { readonly met: string; readonly wanted: string })[];
}

/** Reads a YAML 1.2 text without ever throwing, whatever the text: nesting, aliases and size are bounded. */
export function readSource(text: string): Source | Unreadable {
  const lines = new LineCounter();
  const deep = nestedTooDeeply(text);
  if (deep) return { faults: [{ line: 1, column: 1, met: deep, wanted: `at most ${deepest} levels` }] };
  const document = parseDocument(text, {
    schema: 'core',
    resolveKnownTags: false,
    // Done by the walk below, in linear time.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  // What follows the first mistakes of a broken text mostly follows from them.
  const broken = [...document.errors, ...document.warnings].slice(0, 20);
  if (broken.length === 0) return walk(document, lines);
  const said = text.split(/\r?\n/);
  return {
    faults: broken.map((fault) => {
      const at = place(lines, fault.pos[0]);
      return { ...at, met: shown(said[at.line - 1]?.trim()), wanted: `valid YAML 1.2: ${sentence(fault)}` };
    }),
  };
}

const deepest = 50;
const mostAliases = 100;
const mostValues = 100_000;

/** The parser recurses, and the process does not survive it running out of stack: so this is told before. */
function nestedTooDeeply(text: string): string | undefined {
  if (/^[ \t?:-]{200}/m.test(text)) return 'a line that begins 200 columns deep';
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    if (depth > deepest) return `more than ${deepest} lists and maps inside each other`;
  }
  return undefined;
}

interface Place {
  readonly key: Position;
  readonly value: Position;
}

const top: Position = { line: 1, column: 1 };

/** One walk over the document: its plain values, their places, and what is refused on the way. */
function walk(document: Document.Parsed, lines: LineCounter): Source {
  const places = new Map<string, Place>();
  const findings: (Finding & Position)[] = [];
  const open = new Set<unknown>();
  const count = { values: 0, aliases: 0 };

  const refuse = (path: Path, position: Position, met: string, wanted: string): void => {
    findings.push({ path, at: 'value', ...position, met, wanted });
  };

  const plain = (node: unknown, path: Path, key: Position): unknown => {
    const position = isWritten(node) ? place(lines, start(node)) : key;
    places.set(pathText(path), { key, value: position });
    count.values += 1;
    if (count.values > mostValues) return undefined;
    if (isAlias(node)) return followed(node, path, position);
    if (isScalar(node)) return scalar(node.value, node.source);
    if (!isCollection(node)) return null;
    open.add(node);
    const value = isMap(node) ? map(node, path) : list(node, path);
    open.delete(node);
    return value;
  };

  const followed = (alias: Alias, path: Path, position: Position): unknown => {
    count.aliases += 1;
    if (count.aliases > mostAliases) return undefined;
    const target = alias.resolve(document);
    if (!target) refuse(path, position, `*${alias.source}`, `an anchor &${alias.source} before it`);
    else if (open.has(target)) refuse(path, position, `*${alias.source}`, 'an alias of something it is no part of');
    else if (path.length > deepest) refuse(path, position, `*${alias.source}`, `at most ${deepest} levels`);
    else return plain(target, path, position);
    return undefined;
  };

  const list = (node: YAMLSeq, path: Path): unknown =>
    node.items.map((item, i) => plain(item, [...path, i], place(lines, start(item))));

  const map = (node: YAMLMap, path: Path): unknown => {
    const entries = new Map<string, unknown>();
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? keyText(pair.key.value) : '?';
      const at = place(lines, start(pair.key));
      if (!isScalar(pair.key)) refuse([...path, key], at, 'a key that is no word', 'a word');
      else if (key === '__proto__') refuse([...path, key], at, shown(key), 'a key other than __proto__');
      else if (entries.has(key)) refuse([...path, key], at, `${shown(key)} a second time`, 'each key once');
      else entries.set(key, plain(pair.value, [...path, key], at));
    }
    return Object.fromEntries(entries);
  };

  const value = plain(document.contents, [], top);
  if (count.aliases > mostAliases) refuse([], top, `more than ${mostAliases} aliases`, 'fewer, or none');
  if (count.values > mostValues) refuse([], top, `more than ${mostValues} values`, 'fewer');
  return { value, findings, position: (path, at) => find(places, path, at) };
}

function find(places: ReadonlyMap<string, Place>, path: Path, at: Finding['at']): Position {
  const exact = places.get(pathText(path));
  if (exact) return exact[at];
  return path.length === 0 ? top : find(places, path.slice(0, -1), 'key');
}

/** Block collections and empty values have no place of their own that a reader would look at: their key has. */
const isWritten = (node: unknown): boolean =>
  isAlias(node) || (isScalar(node) && node.value !== null) || ((isMap(node) || isSeq(node)) && node.flow === true);

const scalar = (value: unknown, source: string | undefined): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? (source ?? String(value)) : value;

const keyText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const start = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

function place(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

const sentence = ({ code, message }: YAMLError): string =>
  code === 'MULTIPLE_DOCS' ? 'one document' : message.replace(/\s+/g, ' ');
