import type { Config } from './config.js';

/** What the Temporal server calls whom; nothing where it is not to be believed. */
export function knownPrincipals({ people, engine }: Pick<Config, 'people' | 'engine'>) {
  if (!engine) return undefined;
  const names = Object.entries(people).flatMap(([person, { principal }]) =>
    principal === undefined ? [] : [[person, principal] as const],
  );
  return { type: engine.authenticates, names: Object.fromEntries(names) };
}
