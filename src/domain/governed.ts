import type { ReadinessPolicy } from './readiness.js';

/** What a service is governed by: where its customers are, and what must be shown before a release may go there. */
export interface Governed {
  readonly service: string;
  /** Environments of the tier production. */
  readonly production: readonly string[];
  /** What those environments ask for; where two ask for the same, the stricter. */
  readonly policy: ReadinessPolicy;
}
