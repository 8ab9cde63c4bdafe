import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { RolloutPlan } from '../src/domain/rollout.js';

/** `sha256:` over the canonical JSON (RFC 8785) of a plan: what an approval is bound to. */
export const planHash = (plan: Omit<RolloutPlan, 'hash'>): string => hashOf(plan);

/** `sha256:` over the canonical JSON of anything. */
export const hashOf = (value: unknown): string =>
  `sha256:${createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex')}`;
