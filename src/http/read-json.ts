import { Problem } from './problems.js';

/** The value of a JSON text in UTF-8, read more strictly than by `JSON.parse`: a key twice is refused, not overwritten. */
export function readJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (text.trim() === '') throw new Problem('malformed', 'the body is empty; wanted a JSON object');
  if (deepest(text) > mostLevels) throw new Problem('malformed', `more than ${mostLevels} levels inside each other`);
  const value = parse(text);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw new Problem('malformed', `the key ${twice} is written twice in one object`);
  return value;
}

const mostLevels = 20;

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('malformed', 'the body is not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('malformed', 'the body is not JSON');
  }
}

const tokens = (text: string): readonly string[] => text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g) ?? [];

function deepest(text: string): number {
  let [depth, most] = [0, 0];
  for (const token of tokens(text)) {
    if (token === '{' || token === '[') most = Math.max(most, ++depth);
    if (token === '}' || token === ']') depth -= 1;
  }
  return most;
}

/** The first key that stands twice in one object of a text that is JSON: a string before a colon is a key. */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  const all = tokens(text);
  for (const [i, token] of all.entries()) {
    if (token === '{' || token === '[') open.push(new Set());
    if (token === '}' || token === ']') open.pop();
    if (all[i + 1] !== ':' || !token.startsWith('"')) continue;
    const key = String(JSON.parse(token));
    if (open.at(-1)?.has(key)) return token.slice(0, 80);
    open.at(-1)?.add(key);
  }
  return undefined;
}
