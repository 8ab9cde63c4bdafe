import { operators } from '../domain/command.js';
import type { Person } from '../domain/environment.js';
import { Problem } from './problems.js';

/** Who lets something go on in spite of a rule must hold one of these roles; who stops something needs none. */
export function mustOperate({ person, roles }: Person, what: string): void {
  if (roles.some((role) => operators.includes(role))) return;
  const holds = roles.join(', ') || 'no role';
  throw new Problem('wrong-role', `${person} holds ${holds}; to ${what} takes one of ${operators.join(', ')}`);
}
