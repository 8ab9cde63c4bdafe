import { seconds } from '../../domain/duration.js';
import { ensureNamespace } from './namespace.js';
import type { NamespaceWish } from './namespace.js';
import { ensureSearchAttributes } from './search-attributes.js';
import type { SearchAttributesWish } from './search-attributes.js';

/** `tell` and `within` may be left out: silence, and two minutes. */
export type Provision = Omit<NamespaceWish & SearchAttributesWish, 'tell' | 'within'> &
  Partial<Pick<NamespaceWish, 'tell' | 'within'>>;

/** Makes what releases need on an engine, or finds it made, and returns when it can be used. Doing it again changes nothing. */
export async function provision(ask: Provision): Promise<void> {
  const wish = { tell: () => undefined, within: seconds(120), ...ask };
  await ensureNamespace(wish);
  await ensureSearchAttributes(wish);
}
