import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Milliseconds } from '../domain/duration.js';

/** Speaks to the front door as one person, as any HTTP client would. */
export interface Caller {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<unknown>;
}

/** Whatever is not 2xx is a fault that says what the front door said. */
export function createCaller({ url, token }: { readonly url: string; readonly token: string }): Caller {
  const authorization = `Bearer ${token}`;
  return {
    get: (path) => answer(path, { headers: { authorization } }),
    post: (path, body, headers) =>
      answer(path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  };

  async function answer(path: string, init: RequestInit): Promise<unknown> {
    const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(15_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as unknown;
  }
}

const outcome = z.object({
  kind: z.enum(['succeeded', 'rolled-back', 'refused', 'withdrawn', 'failed']),
  reason: z.string(),
  records: z.array(z.string()),
  timeToDetectMs: z.number().optional(),
  timeToSafeMs: z.number().optional(),
});

const rollout = z.object({
  environment: z.string(),
  state: z.string(),
  steps: z.array(z.object({ step: z.object({ kind: z.string() }), endedAt: z.string().optional() })),
});

/** What the demo reads of a release. */
export const seenRelease = z.object({
  state: z.string(),
  environment: z.string().optional(),
  requestedAt: z.string().optional(),
  closedAt: z.string().optional(),
  outcome: outcome.optional(),
  waiting: z.object({ reason: z.string(), command: z.string().optional() }).optional(),
  /** None while the release is queued. */
  rollouts: z.array(rollout).default([]),
  links: z.object({ temporal: z.string().optional() }),
});
export type SeenRelease = z.infer<typeof seenRelease>;

export const seenTimeline = z.object({
  entries: z.array(
    z.object({
      id: z.string(),
      at: z.string(),
      environment: z.string().optional(),
      kind: z.string(),
      text: z.string(),
    }),
  ),
});

/** What the demo reads of a service. */
export const seenService = z.object({
  drill: z.object({ environment: z.string() }).optional(),
  drilled: z.object({ kind: z.string(), reason: z.string() }).optional(),
});

export const accepted = z.object({ changeId: z.string() });

/** Looks until there is something to see; a fault after `within`. */
export async function lookUntil<T>(
  what: string,
  look: () => Promise<T | undefined>,
  within: Milliseconds,
  every: Milliseconds = 200,
): Promise<T> {
  const deadline = Date.now() + within;
  while (Date.now() < deadline) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await pause(every);
  }
  throw new Error(`waited ${within / 1_000} s in vain for ${what}`);
}
