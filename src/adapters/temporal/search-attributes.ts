import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Milliseconds } from '../../domain/duration.js';
import { answerTo, status, understands, until } from './grpc-calls.js';

export interface SearchAttributesWish {
  readonly connection: Connection;
  readonly namespace: string;
  /** Keyword search attributes, `Object.values(searchAttributes)` of `src/messages.ts`. */
  readonly keywords: readonly string[];
  /** Hears what is being made, a line at a time. */
  readonly tell: (line: string) => void;
  /** How long it may take, for each: other nodes of a cluster learn of something new by and by. */
  readonly within: Milliseconds;
}

const { IndexedValueType } = proto.temporal.api.enums.v1;
const keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/**
 * Makes the keyword search attributes that are missing, and returns when queries understand all of them. On a managed
 * cluster, where making them is not ours, they only have to be there.
 */
export async function ensureSearchAttributes(ask: SearchAttributesWish): Promise<void> {
  const missing = await missingOf(ask);
  if (missing.length > 0) {
    await add(ask, missing);
    await missingOf(ask); // A server may ignore a name that has another type in silence: look again.
  }
  for (const name of ask.keywords) {
    const what = `Search attribute ${name} can be used in namespace ${ask.namespace}`;
    await until(what, ask.within, () => isKnown(ask, name));
  }
}

async function missingOf(ask: SearchAttributesWish): Promise<readonly string[]> {
  const { connection, namespace, keywords } = ask;
  const listed = await answerTo(connection, [status.denied, status.unimplemented], () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  if (!listed.ok) return unknownOf(ask);
  const types = listed.value.customAttributes;
  const wrong = keywords.filter((name) => types[name] !== undefined && types[name] !== keyword);
  if (wrong.length > 0) throw new Error(otherType(namespace, wrong, types));
  return keywords.filter((name) => types[name] === undefined);
}

/** Where they may not be listed, a query tells. */
async function unknownOf(ask: SearchAttributesWish): Promise<readonly string[]> {
  const known = await Promise.all(ask.keywords.map((name) => isKnown(ask, name)));
  return ask.keywords.filter((_, at) => !known[at]);
}

const isKnown = ({ connection, namespace }: SearchAttributesWish, name: string): Promise<boolean> =>
  understands(connection, namespace, `${name} = "any"`);

async function add({ connection, namespace, tell }: SearchAttributesWish, missing: readonly string[]): Promise<void> {
  const made = await answerTo(connection, [status.alreadyExists, status.denied, status.unimplemented], () =>
    connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    }),
  );
  if (made.ok) tell(`Made the search attributes ${missing.join(', ')} in namespace ${namespace}`);
  if (made.ok || made.code === status.alreadyExists) return; // Another process may have been first; types are checked next.
  throw new Error(
    [
      `Namespace ${namespace} lacks search attributes, and these credentials may not make them (${made.text}). Make them with:`,
      ...missing.map(
        (name) => `  temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword`,
      ),
      'or, on Temporal Cloud:',
      ...missing.map(
        (name) =>
          `  tcld namespace search-attributes add --namespace ${namespace} --search-attribute "${name}=Keyword"`,
      ),
    ].join('\n'),
  );
}

const otherType = (namespace: string, wrong: readonly string[], types: Readonly<Record<string, number>>): string =>
  [
    `Search attributes of namespace ${namespace} have another type than Keyword, which releases need:`,
    ...wrong.map((name) => `  ${name} is ${nameOf(types[name] ?? 0)}`),
    'Remove or rename them there (temporal operator search-attribute remove), or use another namespace.',
  ].join('\n');

const nameOf = (type: number): string => (IndexedValueType[type] ?? String(type)).replace('INDEXED_VALUE_TYPE_', '');
