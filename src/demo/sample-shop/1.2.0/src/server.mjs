import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { products } from './catalogue.mjs';
import { createMetrics } from './metrics.mjs';
import { OrderProblem, placeOrder } from './orders.mjs';
import { assignStation } from './packing.mjs';
import { store } from './store.mjs';

const version = JSON.parse(readFileSync(new URL('version.json', import.meta.url), 'utf8'));
const metrics = createMetrics();
let stopping = false;

const routes = {
  'GET /healthz': () => ok({ status: 'ok' }),
  'GET /readyz': () => (stopping ? { status: 503, body: { status: 'stopping' } } : ok({ status: 'ready' })),
  'GET /metrics': () => ok(metrics.render()),
  'GET /version': () => ok(version),
  'GET /products': () => ok({ products }),
  'GET /orders/:id': async (request, id) => {
    const order = await store.find(id);
    return order ? ok(order) : { status: 404, body: { error: 'no such order' } };
  },
  'POST /orders': async (request) => {
    const order = placeOrder(await readJson(request));
    const station = assignStation(order);
    await store.keep(order);
    return { status: 201, body: { ...order, station } };
  },
};

const server = createServer(async (request, response) => {
  const begun = performance.now();
  const { route, id } = routeOf(request);
  const { status, body } = await answer(request, route, id);
  const [type, text] = typeof body === 'string' ? ['text/plain', body] : ['application/json', JSON.stringify(body)];
  response.setHeader('slipway-digest', process.env.SLIPWAY_DIGEST ?? 'unknown');
  if (stopping) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': type }).end(text);
  metrics.observe({ route, status, seconds: (performance.now() - begun) / 1000 });
});

server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => log({ message: 'listening', ...version }));

process.on('SIGTERM', () => {
  stopping = true;
  server.close(() => process.exit(0));
});

/** The route as it is written above, and the order's id when it has one. */
function routeOf({ method, url }) {
  const { pathname } = new URL(url, 'http://shop');
  const [, id] = /^\/orders\/([^/]+)$/.exec(pathname) ?? [];
  const route = `${method} ${id ? '/orders/:id' : pathname}`;
  return Object.hasOwn(routes, route) ? { route, id } : { route: 'unknown' };
}

async function answer(request, route, id) {
  if (route === 'unknown') return { status: 404, body: { error: 'no such page' } };
  try {
    return await routes[route](request, id);
  } catch (error) {
    if (error instanceof OrderProblem) return { status: 422, body: { error: error.message } };
    log({ message: 'request failed', route, error: error.stack });
    return { status: 500, body: { error: 'internal error' } };
  }
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 100_000) throw new OrderProblem('the order is too long');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new OrderProblem('wanted an order as JSON');
  }
}

function ok(body) {
  return { status: 200, body };
}

function log(entry) {
  console.log(JSON.stringify({ time: new Date().toISOString(), ...entry }));
}
