import { randomUUID } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import { seconds } from '../domain/duration.js';
import { guard } from './guard.js';
import type { DoorParts } from './door.js';
import { createMetrics } from './metrics.js';
import { Problem, problemBody, problemOf } from './problems.js';
import type { Answer, Route } from './route.js';
import { allRoutes } from './routes/all.js';

/** The front door as an express app; it does not listen. */
export function createApp(parts: DoorParts): Express {
  const { logger } = parts;
  const metrics = createMetrics(parts);
  return serve(allRoutes({ ...parts, metrics }));

  function serve(routes: readonly Route[]): Express {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.set('case sensitive routing', true);
    // Every stream listens for the closing of the door.
    app.setMaxListeners(0);
    app.use(prepare);
    for (const path of new Set(routes.map((route) => route.path))) {
      const here = routes.filter((route) => route.path === path);
      app.all(expressPath(path), async (request: Request, response: Response) => {
        note(response, path);
        const route = here.find(({ method }) => method === methodOf(request));
        if (!route) throw wrongMethod(request, here);
        send(response, await answerOf(route, request, response));
      });
    }
    app.use((request: Request) => {
      throw new Problem('not-found', `nothing is at ${request.path.slice(0, 200)}; what there is: /openapi.json`);
    });
    app.use((fault: unknown, request: Request, response: Response, next: (fault: unknown) => void) => {
      refuse(fault, request, response, next);
    });
    return app;
  }

  async function answerOf(route: Route, request: Request, response: Response): Promise<Answer> {
    try {
      return await route.handle(await guard(route, request, response, parts));
    } catch (fault) {
      const own = route.inOwnWords?.(problemOf(fault), request);
      if (own) return own;
      throw fault;
    }
  }

  function prepare(request: Request, response: Response, next: () => void): void {
    const begun = process.hrtime.bigint();
    const requestId = randomUUID();
    response.locals['requestId'] = requestId;
    response.set({ ...securityHeaders, 'X-Request-Id': requestId });
    response.on('close', () => {
      const taken = Number(process.hrtime.bigint() - begun) / 1e9;
      const { method } = request;
      const route = String(response.locals['route'] ?? 'unknown');
      const { statusCode: status } = response;
      metrics.answered({ method, route, status, seconds: taken });
      const person: unknown = response.locals['person'];
      const line = { requestId, method, route, status, ms: Math.round(seconds(taken)), person };
      logger[route.startsWith('/v1/') ? 'info' : 'debug'](line, 'request');
    });
    next();
  }

  function refuse(fault: unknown, request: Request, response: Response, next: (fault: unknown) => void): void {
    const problem = problemOf(fault);
    const requestId = String(response.locals['requestId']);
    if (problem.kind === 'fault') logger.error({ err: fault, requestId, path: request.path }, 'a request failed');
    if (response.headersSent) return next(fault);
    // Whatever is left of a body that was refused is not read.
    if (!request.complete) response.set('Connection', 'close');
    response.status(problem.status).set(problem.headers).type('application/problem+json');
    response.send(JSON.stringify(problemBody(problem, requestId)));
  }
}

/** No page of ours runs foreign code, is framed, or tells others where its reader came from. */
const securityHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

const methodOf = ({ method }: Request): string => (method === 'HEAD' ? 'get' : method.toLowerCase());

function wrongMethod({ method, path }: Request, here: readonly Route[]): Problem {
  const allowed = here
    .flatMap((route) => (route.method === 'get' ? ['GET', 'HEAD'] : [route.method.toUpperCase()]))
    .join(', ');
  return new Problem('method', `${method.slice(0, 20)} ${path}: possible here: ${allowed}`, {
    headers: { Allow: allowed },
  });
}

function note(response: Response, path: string): void {
  response.locals['route'] = path;
}

function send(response: Response, answer: Answer): void {
  switch (answer.kind) {
    case 'json':
      response
        .status(answer.status)
        .set(answer.headers ?? {})
        .json(answer.body);
      return;
    case 'text':
      response
        .status(200)
        .set(answer.headers ?? {})
        .type(answer.type)
        .send(answer.body);
      return;
    case 'unchanged':
      response.status(304).set(answer.headers).end();
      return;
    case 'stream':
      answer.write(response);
  }
}
