import { type Document, isMap, isPair, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { Refused } from '../../domain/failure.js';
import type { FlagDefinition, FlagSetting } from '../../domain/flag.js';

/**
 * The text of a features file with one flag set. No key is ever taken away, so that no comment goes with it: what is to
 * hold no more is written as a setting that says so.
 * @param environment where only this environment's entry is to be set, because others share the file
 */
export function withSetting(
  text: string,
  ask: { readonly flag: FlagDefinition; readonly environment?: string; readonly setting: FlagSetting },
): string {
  const document = parseDocument(text, { schema: 'core' });
  const flag = document.getIn(['flags', ask.flag.name]);
  if (!isMap(flag))
    throw new Refused('invalid', `${ask.flag.name} is an alias in its file; write it out to have it set`);
  write(document, ask.environment === undefined ? flag : entryOf(document, flag, ask.environment), ask);
  const written = document.toString({ lineWidth: 0 });
  return text.includes('\r\n') ? written.replace(/\r?\n/g, '\r\n') : written;
}

function entryOf(document: Document, flag: YAMLMap, environment: string): YAMLMap {
  const own = flag.getIn(['environments', environment]);
  if (isMap(own)) return own;
  const made = document.createNode({}, { flow: true });
  if (isMap(flag.get('environments'))) flag.setIn(['environments', environment], made);
  else flag.set('environments', document.createNode({ [environment]: made }));
  return made;
}

function write(
  document: Document,
  entry: YAMLMap,
  { flag, setting }: { readonly flag: FlagDefinition; readonly setting: FlagSetting },
): void {
  const { state, defaultVariant, rollout } = setting;
  const plain = !isMap(document.getIn(['flags', flag.name, 'variants']));
  if (plain) entry.set('on', defaultVariant === 'on');
  else entry.set('default-variant', defaultVariant);
  if (state === 'DISABLED' || entry.has('state')) entry.set('state', state);
  const shares = rollout ?? (entry.has('rollout') ? { [defaultVariant]: 100 } : undefined);
  if (shares) writeShares(document, entry, { shares, variants: Object.keys(flag.variants) });
}

function writeShares(
  document: Document,
  entry: YAMLMap,
  { shares, variants }: { readonly shares: Readonly<Record<string, number>>; readonly variants: readonly string[] },
): void {
  const own = entry.get('rollout');
  const rollout = isMap(own) ? own : (document.createNode({}, { flow: true }) as YAMLMap);
  for (const variant of variants) {
    const percent = shares[variant] ?? 0;
    const pair = rollout.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === variant);
    if (pair || percent > 0 || !isMap(own)) rollout.set(variant, percent);
  }
  if (!isMap(own)) entry.set('rollout', rollout);
}
