import { relative } from 'node:path';
import { nearest } from './nearest.js';

/** One thing wrong with a `slipway.yml`: where, what was met, what was wanted. `message` says all three but the place. */
export interface ConfigProblem {
  /** As it was given to `loadConfig`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `services.shop.strategy.shares[1]`; empty when the file as a whole is meant. */
  readonly path: string;
  readonly met: string;
  readonly wanted: string;
  readonly message: string;
}

/** Keys and list positions from the top of the file. */
export type Path = readonly (string | number)[];

/** A place in the file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A problem before it has its place in the file. A list in `wanted` holds every possible word. */
export interface Finding {
  readonly path: Path;
  /** Whether the key is at fault or what stands behind it. */
  readonly at: 'key' | 'value';
  /** In the words of the message: values by `shown`. */
  readonly met: string;
  readonly wanted: string | readonly string[];
}

/**
 * A finding that follows from several places: where one of them was refused already it is not to be trusted. `met` is
 * left out when it is what the file says at `path`.
 */
export interface SenseFinding extends Omit<Finding, 'met'> {
  readonly met?: string;
  readonly reads: readonly Path[];
}

/** The finding as people read it. */
export function toProblem(finding: Finding, place: Position & { readonly file: string }): ConfigProblem {
  const path = pathText(finding.path);
  const { met, wanted } = finding;
  const phrase = typeof wanted === 'string' ? `wanted ${wanted}` : possible(wanted, finding);
  return {
    ...place,
    path,
    met,
    wanted: typeof wanted === 'string' ? wanted : wanted.join(', '),
    message: `${path === '' ? '' : `${path}: `}met ${met}; ${phrase}`,
  };
}

/** One line per problem, `slipway.yml:12:5 services.shop.strategy.kind: met "canry"; …`; files as seen from `from`. */
export function formatProblems(problems: readonly ConfigProblem[], from = process.cwd()): string {
  return problems.map((p) => `${seenFrom(from, p.file)}:${p.line}:${p.column} ${p.message}`).join('\n');
}

/** `services.shop.strategy.shares[1]`; a key that is no plain word stands in quotes. */
export function pathText(path: Path): string {
  return path.map(part).join('').replace(/^\./, '');
}

/** A value as a message shows it: JSON, at most 80 characters, without the password of a URL. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return cut(JSON.stringify(value).replace(/:\/\/[^@/\s"]*@/g, '://…@'));
}

const longest = 80;
const cut = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest - 1)}…`);

function part(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\w-]+$/.test(key) ? `.${cut(key)}` : `[${shown(key)}]`;
}

function possible(words: readonly string[], finding: Finding): string {
  const met = finding.at === 'key' ? String(finding.path.at(-1)) : finding.met.replace(/^"|"$/g, '');
  const near = nearest(met, words);
  return `possible: ${words.join(', ')}${near === undefined ? '' : `. Did you mean ${near}?`}`;
}

function seenFrom(folder: string, file: string): string {
  const seen = relative(folder, file);
  return seen === '' || seen.startsWith('..') ? file : seen;
}
