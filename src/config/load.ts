import { readFile, stat } from 'node:fs/promises';
import type { Config } from './config.js';
import { meant } from './meant.js';
import type { ConfigProblem, Finding } from './problems.js';
import { shown, toProblem } from './problems.js';
import { isBehind, readWritten, touches, valueAt } from './read.js';
import { sense } from './sense.js';
import { readSource } from './source.js';
import type { Source } from './source.js';

/** A configuration that makes sense, or everything that is wrong with it, in the order of the file. */
export type Loaded =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads a `slipway.yml`. Whatever the file holds, or if there is none, is answered and never thrown. */
export async function loadConfig(file: string): Promise<Loaded> {
  const read = await readText(file);
  if ('met' in read) return refused(file, read.met, read.wanted);
  const source = readSource(read.text);
  if ('faults' in source) {
    const problems = source.faults.map(({ line, column, met, wanted }) =>
      toProblem({ path: [], at: 'value', met, wanted }, { file, line, column }),
    );
    return { ok: false, problems };
  }
  if (source.value === null) return refused(file, 'an empty file', startHere);
  return judge(source, file);
}

const startHere = 'people, environments and services; `slipway init` writes a file to start from';

function refused(file: string, met: string, wanted: string): Loaded {
  return { ok: false, problems: [toProblem({ path: [], at: 'value', met, wanted }, { file, line: 1, column: 1 })] };
}

function judge(source: Source, file: string): Loaded {
  const { written, findings, refused } = readWritten(source.value);
  const doubtful = [...refused, ...source.findings.map((finding) => finding.path)];
  const config = written && meant(written, file);
  const senseless = written && config ? sense(config, written) : [];
  const all: readonly Finding[] = [
    ...findings,
    ...senseless
      .filter(({ path, reads }) => !isBehind(path, doubtful) && !reads.some((place) => touches(place, doubtful)))
      .map((finding) => ({ met: shown(valueAt(source.value, finding.path)), ...finding })),
  ];
  const placed = all.map((finding) => ({ ...finding, ...source.position(finding.path, finding.at) }));
  const problems = [...source.findings, ...placed].map(({ line, column, ...finding }) =>
    toProblem(finding, { file, line, column }),
  );
  if (problems.length === 0 && config) return { ok: true, config };
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

type Text = { readonly text: string } | { readonly met: string; readonly wanted: string };

const mostBytes = 1_000_000;

/** The text of a configuration file, or why there is none. */
export async function readText(file: string): Promise<Text> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) return { met: 'a folder', wanted: 'a file' };
    if (!found.isFile()) return { met: 'something that is no file', wanted: 'a file' };
    if (found.size > mostBytes) return { met: `${found.size} bytes`, wanted: `at most ${mostBytes}` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)) };
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): { readonly met: string; readonly wanted: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'ENOENT') return { met: 'no such file', wanted: 'a file; `slipway init` writes one to start from' };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { met: 'bytes that are not UTF-8', wanted: 'text in UTF-8' };
  return { met: `a file that cannot be read (${code})`, wanted: 'a readable file' };
}
