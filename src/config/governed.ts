import type { Governed } from '../domain/governed.js';
import { type ReadinessItem, readinessItems, type ReadinessPolicy } from '../domain/readiness.js';
import type { Config } from './config.js';
import { readinessFor } from './orders.js';

/** What each service is governed by. */
export const governedBy = ({
  environments,
  services,
}: Pick<Config, 'environments' | 'services'>): readonly Governed[] =>
  Object.values(services).map((service) => {
    const production = environments.filter(({ tier }) => tier === 'production');
    const policies = production.map((environment) => readinessFor(environment, service));
    return { service: service.name, production: production.map(({ name }) => name), policy: strictest(policies) };
  });

/** Everything that any of them asks for; where two do, the younger evidence is wanted. */
function strictest(policies: readonly ReadinessPolicy[]): ReadinessPolicy {
  const asked = readinessItems.flatMap((item): readonly [ReadinessItem, { readonly maxAge?: number }][] => {
    const ages = policies.flatMap((policy) => (policy[item] ? [policy[item].maxAge ?? Infinity] : []));
    const youngest = Math.min(...ages);
    return ages.length === 0 ? [] : [[item, youngest === Infinity ? {} : { maxAge: youngest }]];
  });
  return Object.fromEntries(asked);
}
