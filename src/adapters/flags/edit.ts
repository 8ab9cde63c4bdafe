import { type Document, isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { Refused } from '../../domain/failure.js';
import type { FlagDefinition, FlagSetting } from '../../domain/flag.js';

interface Ask {
  readonly flag: FlagDefinition;
  /** Where only this environment's entry is to be set, because others share the file. */
  readonly environment?: string;
  readonly setting: FlagSetting;
}

/**
 * The text of a features file with one flag set. Where all that is to be said has its place already, nothing else changes
 * by a letter. No key is ever taken away, so that no comment goes with it: what is to hold no more is written as a
 * setting that says so.
 */
export function withSetting(text: string, ask: Ask): string {
  const { flag, environment } = ask;
  const document = parseDocument(text, { schema: 'core' });
  const all = document.getIn(['flags', flag.name]);
  if (!isMap(all)) throw new Refused('invalid', `${flag.name} is an alias in its file; write it out to have it set`);
  const there = environment === undefined ? all : all.getIn(['environments', environment]);
  const plain = !all.has('variants');
  if (!isMap(there)) {
    write(document, newEntry(document, all, environment ?? ''), wordsFor(ask, plain));
    return written(document, text);
  }
  const words = wordsFor(ask, plain, there);
  const inPlace = replaced(text, there, words);
  if (inPlace !== undefined) return inPlace;
  write(document, there, words);
  return written(document, text);
}

/** One thing to be said: under a key, or under a variant of the rollout. */
interface Word {
  readonly path: readonly [string] | readonly ['rollout', string];
  readonly value: string | number | boolean;
}

/** All that makes an entry say the setting, given what it says already. */
function wordsFor({ flag, setting }: Ask, plain: boolean, entry?: YAMLMap): readonly Word[] {
  const { state, defaultVariant, rollout } = setting;
  const before = entry?.get('rollout');
  const shares = rollout ?? (before === undefined ? undefined : { [defaultVariant]: 100 });
  const share = (variant: string): readonly Word[] => {
    const value = shares?.[variant] ?? 0;
    const said = !isMap(before) || before.has(variant);
    return value > 0 || said ? [{ path: ['rollout', variant], value }] : [];
  };
  return [
    plain ? { path: ['on'], value: defaultVariant === 'on' } : { path: ['default-variant'], value: defaultVariant },
    ...(state === 'DISABLED' || entry?.has('state') ? [{ path: ['state'], value: state } as const] : []),
    ...(shares ? Object.keys(flag.variants).flatMap(share) : []),
  ];
}

/** The text with only these values replaced; `undefined` where one of them has no place in it yet. */
function replaced(text: string, entry: YAMLMap, words: readonly Word[]): string | undefined {
  const places = words.map(({ path, value }) => {
    const node: unknown = entry.getIn(path, true);
    return isScalar(node) && node.range ? { from: node.range[0], to: node.range[1], value } : undefined;
  });
  if (places.includes(undefined)) return undefined;
  return places
    .flatMap((place) => place ?? [])
    .toSorted((a, b) => b.from - a.from)
    .reduce((now, { from, to, value }) => `${now.slice(0, from)}${stringify(value).trimEnd()}${now.slice(to)}`, text);
}

function newEntry(document: Document, flag: YAMLMap, environment: string): YAMLMap {
  const made = document.createNode({}, { flow: true }) as YAMLMap;
  if (isMap(flag.get('environments'))) flag.setIn(['environments', environment], made);
  else flag.set('environments', document.createNode({ [environment]: made }));
  return made;
}

function write(document: Document, entry: YAMLMap, words: readonly Word[]): void {
  for (const { path, value } of words) {
    if (path.length === 2 && !isMap(entry.get('rollout')))
      entry.set('rollout', document.createNode({}, { flow: true }));
    entry.setIn(path, value);
  }
}

function written(document: Document, text: string): string {
  const now = document.toString({ lineWidth: 0 });
  return text.includes('\r\n') ? now.replace(/\r?\n/g, '\r\n') : now;
}
