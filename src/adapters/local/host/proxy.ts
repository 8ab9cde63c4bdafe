import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { proxyUpgrade } from 'httpxy';
import type { Logger } from 'pino';
import { createAnswer } from './answer.js';
import type { Counters } from './counters.js';
import { createForward } from './forward.js';
import type { Routing } from './lanes.js';
import { hasCode } from './os-process.js';

/** The public port of a place. */
export interface Proxy {
  /** Listens on `port` from now on, and no longer where it did. A taken port is tried until it is free. */
  listen(port: number): Promise<void>;
  /** Accepts nothing more; returns when what was under way is answered. */
  readonly close: () => Promise<void>;
}

/** Longer than clients and balancers keep idle connections, so that it is they who close them. */
const keptAlive = { seconds: 72 };
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
};
const upgradeTimeout = 10_000;
const farewell = 10_000;
const portPatience = 5_000;
const portRetry = 100;

/** The reverse proxy in front of one place. */
export function createProxy(of: {
  readonly service: string;
  readonly routing: Routing;
  readonly counters: Counters;
  readonly log: Logger;
}): Proxy {
  const { service, routing, counters, log } = of;
  const answer = createAnswer({ service, routing, forward: createForward(keptAlive), count: counters.count });
  const upgrade = createUpgrade(of);
  let server: Server | undefined;

  const open = async (port: number): Promise<Server> => {
    const opened = createServer({ ...limits, keepAliveTimeout: keptAlive.seconds * 1_000 });
    opened.on('request', (request, response) => {
      // Who is going away says so, and the client takes its next request elsewhere.
      if (!opened.listening) request.headers.connection = 'close';
      response.on('error', (error) => log.debug({ error }, 'an answer could not be sent'));
      answer(request, response).catch((error: unknown) => {
        log.error({ error }, 'a request could not be handled');
        response.destroy();
      });
    });
    opened.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
    const patience = AbortSignal.timeout(portPatience);
    for (;;) {
      try {
        opened.listen(port, '127.0.0.1');
        await once(opened, 'listening');
        return opened;
      } catch (error) {
        if (!hasCode(error, 'EADDRINUSE')) throw error;
        if (patience.aborted)
          throw new Error(`port ${port} of ${service} is taken by another program`, { cause: error });
        await sleep(portRetry);
      }
    }
  };

  return {
    listen: async (port) => {
      const former = server;
      server = await open(port);
      if (former) void farewellTo(former);
    },
    close: async () => {
      if (server) await farewellTo(server);
    },
  };
}

/** Lets requests under way end, for a while. */
async function farewellTo(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const late = setTimeout(() => server.closeAllConnections(), farewell);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

/** Passes a WebSocket on; it stays with its instance until one of the two hangs up. */
function createUpgrade(of: Parameters<typeof createProxy>[0]) {
  const { service, routing, counters, log } = of;
  return async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const note = (error: unknown) => log.debug({ error }, 'an upgraded connection broke');
    socket.on('error', note);
    const lane = routing.turn();
    const instance = lane && routing.pick(lane, new Set());
    if (!lane || !instance) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const begun = performance.now();
    const version = routing.version(lane);
    const leave = instance.enter();
    socket.once('close', leave);
    try {
      const upstream = await proxyUpgrade(instance.url, request, socket, head, { upgradeTimeout });
      upstream.on('error', note);
      socket.once('close', () => upstream.destroy());
      counters.count({ service, lane, version, code: 101, latencyMs: performance.now() - begun, error: false });
    } catch (error) {
      note(error);
      instance.suspect();
      counters.count({ service, lane, version, code: 502, error: true });
    }
  };
}
