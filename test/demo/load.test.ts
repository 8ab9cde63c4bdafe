import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { startLoad, type Load } from '../../src/demo/load.js';
import { aDeadAddress, aService } from '../checks/a-service.js';

const longAgo = '2000-01-01T00:00:00.000Z';
const soon = (): string => new Date(Date.now() + 60_000).toISOString();
const all = (load: Load) => load.sentBetween(longAgo, soon());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the load of the demo', () => {
  it('is half orders, and looks up the orders that were taken', async () => {
    const met: string[] = [];
    const url = await aService((request, response) => {
      met.push(`${request.method ?? ''} ${request.url ?? ''}`);
      request.resume();
      if (request.method === 'POST') response.writeHead(201).end('{"id":"order-1","totalCents":620}');
      else response.end('{}');
    });
    const promised: string[] = [];
    const load = startLoad({ url, requestsPerSecond: 400, onOrder: (answer) => void promised.push(answer) });
    await until(() => met.length >= 200);
    await load.stop();
    const orders = met.filter((line) => line === 'POST /orders').length;
    assert.deepEqual(promised, Array<string>(orders).fill('{"id":"order-1","totalCents":620}'));
    assert(orders > met.length / 4 && orders < (met.length * 3) / 4, `${orders} of ${met.length}`);
    assert(met.includes('GET /products'));
    assert(met.includes('GET /orders/order-1'));
    assert.deepEqual(all(load), { sent: met.length, failed: 0 });
  });

  it('comes at the rate asked for, also when nobody answers, over no more connections than allowed', async () => {
    const waiting: ServerResponse[] = [];
    const sockets = new Set<unknown>();
    const url = await aService((request, response) => {
      sockets.add(request.socket);
      waiting.push(response);
    });
    const begun = performance.now();
    const load = startLoad({ url, requestsPerSecond: 100, connections: 4, timeout: 300 });
    await until(() => all(load).sent >= 50);
    const expected = ((performance.now() - begun) / 1_000) * 100;
    assert(all(load).sent <= expected + 1, 'never more than asked for');
    await load.stop();
    const { sent, failed } = all(load);
    assert.equal(failed, sent, 'a customer who got no answer in time was not served');
    assert(waiting.length > 0);
  });

  it('counts answers of 500 and above and broken connections as failed, and those of 400 as served', async () => {
    const answers: readonly (readonly [number, boolean])[] = [
      [404, true],
      [500, false],
      [503, false],
    ];
    for (const [status, served] of answers) {
      const load = startLoad({
        url: await aService((_, response) => response.writeHead(status).end()),
        requestsPerSecond: 200,
      });
      await until(() => all(load).sent >= 10);
      await load.stop();
      const { sent, failed } = all(load);
      assert.equal(failed, served ? 0 : sent, String(status));
    }
    const broken = startLoad({ url: await aService((request) => request.socket.destroy()), requestsPerSecond: 200 });
    const nobody = startLoad({ url: await aDeadAddress(), requestsPerSecond: 200 });
    await until(() => all(broken).sent >= 10 && all(nobody).sent >= 10);
    await Promise.all([broken.stop(), nobody.stop()]);
    for (const load of [broken, nobody]) assert.equal(all(load).failed, all(load).sent);
  });

  it('tells what was sent in a stretch of time, and sends nothing after it was stopped', async () => {
    const url = await aService((_, response) => response.end('{}'));
    const load = startLoad({ url, requestsPerSecond: 200 });
    await until(() => all(load).sent >= 20);
    const middle = new Date(Date.now() + 200).toISOString();
    await until(() => Date.now() > Date.parse(middle) + 200);
    await load.stop();
    const { sent } = all(load);
    const [first, second] = [load.sentBetween(longAgo, middle), load.sentBetween(middle, soon())];
    assert(first.sent > 0 && second.sent > 0);
    assert(first.sent + second.sent >= sent);
    assert.deepEqual(load.sentBetween(longAgo, longAgo), { sent: 0, failed: 0 });
    await until(() => Date.now() > Date.parse(middle) + 400);
    assert.equal(all(load).sent, sent);
  });
});
