import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { PassThrough } from 'node:stream';
import { createProxyServer } from 'httpxy';
import type { Instance } from './instance.js';

/** What came of giving a request to one instance. */
export type Attempt =
  /** An answer was passed on; `whole` unless the instance broke off in the middle. */
  | { readonly kind: 'answered'; readonly code: number; readonly afterMs: number; readonly whole: boolean }
  /** The client went away before there was an answer. */
  | { readonly kind: 'left' }
  /** Nothing came back; `again` where another may be asked without doing anything twice. */
  | { readonly kind: 'silent'; readonly again: 'another' | 'anyone' | 'nobody'; readonly timedOut: boolean };

/** Gives a request to an instance; a fresh connection where a used one let it down before. */
export type Forward = (
  request: IncomingMessage,
  response: ServerResponse,
  to: { readonly instance: Instance; readonly fresh: boolean },
) => Promise<Attempt>;

/** How long an instance may be silent under a request. */
const patience = 60_000;

/** Forwards by a proxy library, and finds out what became of it. `keptAlive` is how long clients may keep a connection idle. */
export function createForward(keptAlive: { readonly seconds: number }): Forward {
  const proxy = createProxyServer({ xfwd: true, proxyTimeout: patience });
  const watched = new WeakMap<IncomingMessage, Watch>();

  proxy.on('proxyReq', (upstream, request) => {
    const watch = watched.get(request);
    if (!watch) return;
    watch.reused = upstream.reusedSocket;
    const connected = () => {
      watch.connected = true;
      if (watch.body) request.pipe(watch.body);
    };
    if (upstream.socket?.connecting) upstream.socket.once('connect', connected);
    else connected();
  });

  proxy.on('proxyRes', (answer, request, response) => {
    const watch = watched.get(request);
    if (!watch) return;
    watch.answeredAt = performance.now();
    // Connections are each side's own affair: what the instance says of its connection is not for the client.
    delete answer.headers.connection;
    answer.headers['keep-alive'] = `timeout=${keptAlive.seconds}`;
    const brokeOff = () => {
      if (!answer.complete && !response.destroyed) watch.brokeOff = true;
    };
    answer.once('error', brokeOff).once('close', brokeOff);
  });

  return async (request, response, { instance, fresh }) => {
    // Only what may be sent twice travels on a connection the instance may be closing at this moment.
    const repeatable = isRepeatable(request);
    const body = hasBody(request) ? new PassThrough() : undefined;
    const watch: Watch = { body, begunAt: performance.now(), connected: false, reused: false, brokeOff: false };
    watched.set(request, watch);
    delete request.headers.expect;
    const leave = instance.enter();
    try {
      await proxy.web(request, response, {
        target: instance.url,
        agent: repeatable && !fresh ? instance.agent : false,
        ...(body && { buffer: body }),
      });
    } catch (error) {
      if (!response.headersSent && !response.destroyed) return silence(watch, repeatable, error);
      watch.brokeOff = true;
      if (!response.destroyed) response.destroy();
    } finally {
      request.unpipe(body);
      leave();
    }
    if (watch.answeredAt === undefined) return { kind: 'left' };
    const afterMs = watch.answeredAt - watch.begunAt;
    return { kind: 'answered', code: response.statusCode, afterMs, whole: !watch.brokeOff };
  };
}

/** GET and its like, without a body: asking twice is asking once. */
const isRepeatable = (request: IncomingMessage): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? '') && !hasBody(request);

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

interface Watch {
  /** Held back until there is a connection: a body nobody has taken can be given to another instance. */
  readonly body: PassThrough | undefined;
  readonly begunAt: number;
  connected: boolean;
  reused: boolean;
  answeredAt?: number;
  brokeOff: boolean;
}

function silence(watch: Watch, repeatable: boolean, error: unknown): Attempt {
  const timedOut = performance.now() - watch.begunAt >= patience;
  if (timedOut) return { kind: 'silent', again: 'nobody', timedOut };
  if (!watch.connected) return { kind: 'silent', again: 'another', timedOut };
  if (!repeatable || !(error instanceof Error)) return { kind: 'silent', again: 'nobody', timedOut };
  return { kind: 'silent', again: watch.reused ? 'anyone' : 'another', timedOut };
}
