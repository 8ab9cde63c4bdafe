import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { AnyLane } from '../../../domain/rollout.js';
import type { Ended } from './counters.js';
import type { Attempt, Forward } from './forward.js';
import type { Instance } from './instance.js';
import type { Routing } from './lanes.js';

/** Sees to it that a request is answered: by the lane whose turn it is, or by the one that stands in for it. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const tries = 4;
/** Who leaves sooner has changed their mind; who leaves later was kept waiting. */
const impatience = 1_000;

/** Every request that reached a lane is counted there once, also where another lane had to answer for it. */
export function createAnswer(of: {
  readonly service: string;
  readonly routing: Routing;
  readonly forward: Forward;
  readonly count: (ended: Ended) => void;
}): Answer {
  const { service, routing, forward } = of;

  return async (request, response) => {
    const turn = routing.turn();
    if (!turn) {
      refuse(response, 503, `nothing of ${service} has been given traffic here`);
      return;
    }
    for (const lane of [turn, routing.standIn(turn)]) {
      if (!lane) continue;
      const version = routing.version(lane);
      const begunAt = performance.now();
      const attempt = await askLane(lane, request, response);
      const ended = judged(attempt, performance.now() - begunAt);
      if (ended) of.count({ service, lane, version, ...ended });
      if (attempt.kind !== 'silent' || attempt.again === 'nobody') break;
    }
    if (!response.headersSent && !response.destroyed) refuse(response, 502, `no instance of ${service} gave an answer`);
  };

  /** Asks one instance of the lane after another, as long as nothing is done twice by it. */
  async function askLane(lane: AnyLane, request: IncomingMessage, response: ServerResponse): Promise<Attempt> {
    const tried = new Set<Instance>();
    let last: Attempt = { kind: 'silent', again: 'another', timedOut: false };
    for (let n = 0; n < tries; n += 1) {
      const instance = routing.pick(lane, tried);
      if (!instance) return last;
      last = await forward(request, response, { instance, fresh: n > 0 });
      if (last.kind !== 'silent') return last;
      instance.suspect();
      if (last.again === 'nobody') return last;
      if (last.again === 'another') tried.add(instance);
    }
    return last;
  }
}

/** How the lane is to be judged by this; not at all where the client did not give it the time. */
function judged(attempt: Attempt, afterMs: number): Pick<Ended, 'code' | 'latencyMs' | 'error'> | undefined {
  switch (attempt.kind) {
    case 'answered':
      return { code: attempt.code, latencyMs: attempt.afterMs, error: attempt.code >= 500 || !attempt.whole };
    case 'left':
      return afterMs > impatience ? { code: 499, error: true } : undefined;
    case 'silent':
      return { code: attempt.timedOut ? 504 : 502, error: true };
  }
}

/** Answers with a problem of RFC 9457. */
export function refuse(response: ServerResponse, status: number, detail: string): void {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail };
  response.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(problem));
}
