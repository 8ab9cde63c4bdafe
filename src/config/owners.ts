import type { Config } from './config.js';

/** Who something can be given to: people, and roles that somebody holds. */
export const ownersOf = ({ people }: Pick<Config, 'people'>): readonly string[] => [
  ...new Set([...Object.keys(people), ...Object.values(people).flatMap(({ roles }) => roles)]),
];
