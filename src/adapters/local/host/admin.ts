import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Refused } from '../../../domain/failure.js';
import { order } from '../protocol.js';
import type { HostReport, Order, PlaceView } from '../protocol.js';
import { refuse } from './answer.js';

/** What the admin interface asks of the host behind it. */
export interface Desk {
  readonly carryOut: (order: Order) => Promise<PlaceView>;
  report(): HostReport;
  readonly exposition: () => Promise<string>;
  /** Ends all instances, then the host; returns when the instances are ended. */
  shutDown(): Promise<void>;
}

/** After that long the worker is told to ask again. */
const longestAnswer = 15_000;
/** How long the end of what was under way is kept for who comes back for it. */
const keptFor = 5_000;
const largestBody = 1_000_000;

/** The host's own interface, on the loopback only: `POST /orders`, `POST /stop`, `GET /status`, `GET /metrics`, `GET /healthz`. */
export function createAdmin(of: { readonly token: string; readonly desk: Desk; readonly log: Logger }): Server {
  const { desk, log } = of;
  const patiently = createPatience(desk.carryOut);
  const isKnown = (request: IncomingMessage): boolean =>
    timingSafeEqual(sha256(request.headers.authorization ?? ''), sha256(`Bearer ${of.token}`));

  const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void> | void>> =
    {
      'GET /healthz': (_request, response) => send(response, 200, { status: 'ok' }),
      'GET /metrics': async (_request, response) => {
        const text = await desk.exposition();
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
      },
      'GET /status': (_request, response) => send(response, 200, desk.report()),
      'POST /orders': async (request, response) => {
        const view = await patiently(order.parse(await bodyOf(request)));
        if (view) send(response, 200, view);
        else send(response, 202, { status: 'under way' });
      },
      'POST /stop': async (_request, response) => {
        await desk.shutDown();
        send(response, 200, { status: 'stopped' });
      },
    };
  const open = new Set(['GET /healthz', 'GET /metrics']);

  return createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    const name = `${request.method ?? ''} ${request.url ?? ''}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    response.on('error', (error) => log.debug({ error }, 'an answer could not be sent'));
    if (!open.has(name) && !isKnown(request)) return refuse(response, 401, 'the token of host.json is needed');
    if (!route) return refuse(response, 404, `${name} is not one of ${Object.keys(routes).join(', ')}`);
    void (async () => {
      try {
        await route(request, response);
      } catch (error) {
        if (!(error instanceof Refused)) log.error({ error, name }, 'an order failed');
        if (!response.headersSent) sendFault(response, error);
      }
    })();
  });
}

/** Carries an order out; `undefined` when that takes long. Who gives the same order again hears how that one ended. */
function createPatience(carryOut: Desk['carryOut']): (order: Order) => Promise<PlaceView | undefined> {
  const underWay = new Map<string, Promise<PlaceView>>();
  const keep = (name: string, work: Promise<PlaceView>) => {
    if (underWay.get(name) === work) return;
    underWay.set(name, work);
    const forget = () => setTimeout(() => underWay.delete(name), keptFor).unref();
    void work.then(forget, forget);
  };
  return async (ordered) => {
    const name = JSON.stringify(ordered);
    const work = underWay.get(name) ?? carryOut(ordered);
    const timer = new AbortController();
    const tired = sleep(longestAnswer, undefined, { signal: timer.signal }).catch(() => undefined);
    try {
      const view = await Promise.race([work, tired]);
      if (view) underWay.delete(name);
      else keep(name, work);
      return view;
    } catch (error) {
      underWay.delete(name);
      throw error;
    } finally {
      timer.abort();
    }
  };
}

function sendFault(response: ServerResponse, error: unknown): void {
  if (error instanceof Refused) send(response, 409, { code: error.code, detail: error.message });
  else if (error instanceof z.ZodError) send(response, 409, { code: 'invalid', detail: z.prettifyError(error) });
  else send(response, 500, { detail: error instanceof Error ? error.message : String(error) });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const length = Number(request.headers['content-length'] ?? Infinity);
  if (!(length <= largestBody))
    throw new Refused('invalid', `an order of ${length} bytes is longer than ${largestBody}`);
  return json(request);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
