import { Agent, request } from 'node:http';
import type { Instant, Milliseconds } from '../domain/duration.js';

/** What customers met in a stretch of time. */
export interface Served {
  readonly sent: number;
  /** Got no answer, none in time, or one of 500 and above. */
  readonly failed: number;
}

/** Customers of the sample shop, until they are told to stop. */
export interface Load {
  /** Requests sent from one moment to another, of the last hour; a failure counts when its request was sent. */
  sentBetween(from: Instant, to: Instant): Served;
  /** Sends no more and waits for the answers under way. */
  stop(): Promise<void>;
}

/**
 * Sends the shop a steady stream of requests, at `requestsPerSecond` whether it answers or not: half of them orders, the
 * rest products and orders looked up. Which comes next is left to chance, so that no pattern meets a router's own.
 */
export function startLoad(ask: {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly connections?: number;
  /** A customer's patience, as a browser has it: a busy machine is slow, and loses nobody. */
  readonly timeout?: Milliseconds;
  /** Hears the whole answer, JSON, to each order that was taken: what its customer was promised. */
  readonly onOrder?: (answer: string) => void;
}): Load {
  const { url, requestsPerSecond, connections = 16, timeout = 10_000, onOrder } = ask;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const tally = createTally();
  const underWay = new Set<Promise<void>>();
  let lastOrder: string | undefined;

  const visit = async (): Promise<void> => {
    const sentAt = Date.now();
    tally.sent(sentAt);
    const answer = await send({ url, agent, timeout, ...nextVisit(lastOrder) });
    if (!answer.served) tally.failed(sentAt);
    if (answer.taken === undefined) return;
    lastOrder = /"id":"([\w-]+)"/.exec(answer.taken)?.[1] ?? lastOrder;
    onOrder?.(answer.taken);
  };

  const begun = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    const now = ((performance.now() - begun) / 1_000) * requestsPerSecond;
    // After a pause of the machine the missed requests stay missed: a burst would be another load than asked for.
    due = Math.max(due, Math.floor(now - requestsPerSecond / 4));
    for (; due < Math.floor(now); due += 1) {
      const visiting = visit().finally(() => underWay.delete(visiting));
      underWay.add(visiting);
    }
  }, tick);

  return {
    sentBetween: (from, to) => tally.between(Date.parse(from), Date.parse(to)),
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}

const tick: Milliseconds = 10;
const slice: Milliseconds = 100;
const slicesKept = 36_000;

interface Visit {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

const teas = ['assam', 'darjeeling', 'sencha', 'rooibos'];
const greetings = ['Enjoy!', 'Happy birthday', 'Get well soon'];

function nextVisit(lastOrder: string | undefined): Visit {
  const chance = Math.random();
  if (chance < 0.5) {
    const product = teas[Math.floor(Math.random() * teas.length)];
    const quantity = 1 + Math.floor(Math.random() * 4);
    // Versions that know no greetings leave it out, and out of their promise.
    const greeting = greetings[Math.floor(Math.random() * 2 * greetings.length)];
    return { method: 'POST', path: '/orders', body: JSON.stringify({ items: [{ product, quantity }], greeting }) };
  }
  if (chance < 0.75 && lastOrder !== undefined) return { method: 'GET', path: `/orders/${lastOrder}` };
  return { method: 'GET', path: '/products' };
}

interface Answer {
  readonly served: boolean;
  /** What the customer was told of the order that was taken. */
  readonly taken?: string;
}

/** Never rejects: what goes wrong is a customer who was not served. */
function send(
  visit: Visit & { readonly url: string; readonly agent: Agent; readonly timeout: Milliseconds },
): Promise<Answer> {
  return new Promise((resolve) => {
    const { method, path, body, agent } = visit;
    const headers =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(new URL(path, visit.url), { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (method === 'POST') text += chunk;
      });
      response.on('error', () => settle({ served: false }));
      response.on('end', () => {
        const served = (response.statusCode ?? 500) < 500;
        settle({ served, ...(response.statusCode === 201 && { taken: text }) });
      });
    });
    const late = setTimeout(() => sent.destroy(new Error('too late')), visit.timeout);
    const settle = (answer: Answer): void => {
      clearTimeout(late);
      resolve(answer);
    };
    sent.on('error', () => settle({ served: false }));
    sent.end(body);
  });
}

/** Counts per slice of time; a slice leaves when it is an hour old. */
function createTally() {
  const counts = new Map<number, { sent: number; failed: number }>();
  return {
    sent: (at: number): void => {
      const key = Math.floor(at / slice);
      const count = counts.get(key) ?? { sent: 0, failed: 0 };
      count.sent += 1;
      counts.set(key, count);
      const oldest = counts.keys().next().value;
      if (counts.size > slicesKept && oldest !== undefined) counts.delete(oldest);
    },
    failed: (at: number): void => {
      const count = counts.get(Math.floor(at / slice));
      if (count) count.failed += 1;
    },
    between: (from: number, to: number): Served => {
      const within = [...counts].filter(([key]) => key * slice + slice > from && key * slice < to);
      return within.reduce((sum, [, c]) => ({ sent: sum.sent + c.sent, failed: sum.failed + c.failed }), {
        sent: 0,
        failed: 0,
      });
    },
  };
}
