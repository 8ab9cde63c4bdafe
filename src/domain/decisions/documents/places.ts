import type { ServiceFacts } from './facts.js';

/** Where customers meet a service: what a rollback without an environment is about. */
export const productionOf = ({ stages }: ServiceFacts): string => stages.at(-1)?.order.environment ?? 'production';
