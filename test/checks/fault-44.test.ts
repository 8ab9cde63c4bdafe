import assert from 'node:assert/strict';
import type { lookup } from 'node:dns';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { createAlerts } from '../../src/adapters/alertmanager/alerts.js';
import { createLoad } from '../../src/adapters/checks/load.js';
import { createSmoke } from '../../src/adapters/checks/smoke.js';
import { createCourier } from '../../src/adapters/events/courier.js';
import { createGuardedFetch, guardedFetch } from '../../src/adapters/guarded-fetch.js';
import { createForward } from '../../src/adapters/local/host/forward.js';
import { createCustomers } from '../../src/adapters/notify/customers.js';
import { createWebhookChannel } from '../../src/adapters/notify/webhook.js';
import { askSeries } from '../../src/adapters/prometheus/ask.js';
import { alertsOf } from '../../src/config/meant-alerts.js';
import { aConfig, temporaryDirectory } from '../build/repository.js';
import { aConfig as aDoorConfig } from '../support/front-door.js';
import { eventually } from '../support/eventually.js';
import { aService } from './a-service.js';

const metadata = '169.254.169.254';

describe('fault 44: link-local and metadata addresses', () => {
  for (const host of [
    metadata,
    '169.254.170.2',
    '2852039166', // 169.254.169.254 as one number
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[fd20:ce::254]',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ])
    it(`${host} is asked nothing`, async () => {
      await assert.rejects(guardedFetch(`http://${host}/latest/meta-data/`), { code: 'ERR_REFUSED_ADDRESS' });
    });

  it('what is served here, or anywhere else, is asked', async () => {
    const url = await aService((request, response) => response.end(`${request.method ?? ''} ${request.url ?? ''}`));
    assert.equal(await (await guardedFetch(`${url}/tea?with=milk`)).text(), 'GET /tea?with=milk');
  });

  it('a name that leads there is not followed, nor one that leads there beside somewhere else', async () => {
    for (const found of [[metadata], ['127.0.0.1', metadata]]) {
      const { resolve } = leadingTo(found);
      await assert.rejects(
        createGuardedFetch(resolve)('http://shop.example/'),
        /shop\.example leads to 169\.254\.169\.254, a link-local or metadata address/,
      );
    }
  });

  it('a name that is rebound is looked up once, by the connection: what was checked is what is connected to', async () => {
    const url = new URL(await aService((_, response) => response.end('tea')));
    const { resolve, asked } = leadingTo(['127.0.0.1'], [metadata]);
    const ask = createGuardedFetch(resolve);
    assert.equal(await (await ask(`http://shop.example:${url.port}/`)).text(), 'tea');
    assert.equal(asked(), 1);
    await assert.rejects(ask(`http://shop.example:${url.port}/`), { code: 'ERR_REFUSED_ADDRESS' });
    assert.equal(asked(), 2);
  });

  it('a smoke suite there fails, and says why', async () => {
    const { verdict } = await smoke('/').run({ service: 'shop', environment: 'staging', url: `http://${metadata}/` });
    assert.equal(verdict.kind, 'fail');
    assert.match(verdict.reason, /a link-local or metadata address: nothing is asked there/);
  });
});

describe('fault 44: redirects are not followed', () => {
  const senders: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
    'a smoke suite': async (url) => {
      const { verdict } = await smoke('/').run({ service: 'shop', environment: 'staging', url });
      assert.match(verdict.reason, /met 307/);
    },
    'load on what runs': async (url) => {
      const config = aConfig({ smoke: [check('/')] });
      const load = createLoad({ config }).begin({ service: 'shop', url, requestsPerSecond: 100 });
      await eventually('some were sent', () => (load.soFar().sent > 3 ? true : undefined));
      assert.equal((await load.end()).failed, 0, 'a redirect is an answer');
    },
    'the webhook of notices': (url) =>
      assert.rejects(createWebhookChannel(url).tell({ key: 'a', text: 'b' }), /the webhook of notices answered 307$/),
    'the webhook of customers': (url) => {
      const [dev, staging, production] = aDoorConfig().environments;
      const calendar = { customers: { kind: 'env', name: 'CUSTOMERS' } } as never;
      const environments = [dev!, staging!, { ...production!, calendar }];
      const customers = createCustomers({ config: { environments }, variables: { CUSTOMERS: url } });
      return assert.rejects(customers.tell('production', { key: 'a', text: 'b' }), /answered 307$/);
    },
    'the webhook of CDEvents': async (url) => {
      const file = join(temporaryDirectory(), 'events.jsonl');
      appendFileSync(file, '{"id":"1"}\n');
      const said: string[] = [];
      const note = (what: unknown): void => void said.push(String(what));
      const courier = createCourier({ file, webhook: url, logger: { warn: note, error: note }, firstPause: 1 });
      courier.nudge();
      await eventually('it was tried', () => (said.length > 0 ? true : undefined));
      await courier.close();
      assert.match(said[0] ?? '', /answered 307: tried again/);
    },
    'an Alertmanager, with its token': (url) => {
      const alerts = alertsOf({ alertmanager: { url, bearer: { env: 'TOKEN' } } }, '/governance');
      const source = createAlerts({ config: { ...aDoorConfig(), alerts }, variables: { TOKEN: 't0ken' } });
      return assert.rejects(source!.standing(), /the Alertmanager at .* answered 307$/);
    },
    'a Prometheus, with its token': (url) => {
      const bearer = { kind: 'env', name: 'TOKEN' } as const;
      const source = {
        url,
        bearer,
        timeout: 1_000,
        scrapeInterval: 1_000,
        delay: 0,
        queries: { requests: '', errors: '' },
      };
      const ask = { selector: 'x{lane="stable"}', seconds: 1, at: 1 };
      return assert.rejects(askSeries({ source, variables: { TOKEN: 't0ken' } }, ask), /answered 307/);
    },
  };
  for (const [who, send] of Object.entries(senders))
    it(`by ${who}`, async () => {
      let reached = 0;
      const elsewhere = await aService((_, response) => {
        reached += 1;
        response.end();
      });
      await send(await aService((_, response) => response.writeHead(307, { location: `${elsewhere}/` }).end()));
      assert.equal(reached, 0);
    });
});

describe('fault 44: a user of a lane', () => {
  it('reaches the instance and nothing else, whatever address he asks for', async () => {
    const asked: string[] = [];
    const url = await aService((request, response) => {
      asked.push(request.url ?? '');
      response.end('the shop');
    });
    const forward = createForward({ seconds: 1 });
    const instance = { url, agent: false, enter: () => () => undefined };
    const lane = createServer(
      (request, response) => void forward(request, response, { instance: instance as never, fresh: true }),
    );
    await new Promise<void>((listening) => lane.listen(0, '127.0.0.1', listening));
    const { port } = lane.address() as { port: number };
    try {
      for (const target of [
        `http://${metadata}/latest`,
        `//${metadata}/latest`,
        `/\\${metadata}/latest`,
        `@${metadata}/`,
      ]) {
        const socket = connect(port, '127.0.0.1');
        socket.write(`GET ${target} HTTP/1.1\r\nhost: ${metadata}\r\nconnection: close\r\n\r\n`);
        assert.match(await text(socket), /the shop$|^HTTP\/1\.1 400 /, target);
      }
      assert.ok(asked.length > 0);
    } finally {
      lane.close();
      lane.closeAllConnections();
    }
  });
});

function check(path: string) {
  return { kind: 'http', name: path, method: 'GET', path, headers: {}, status: 200 } as const;
}

const smoke = (path: string) =>
  createSmoke({ config: aConfig({ smoke: [check(path)] }), directory: temporaryDirectory(), variables: process.env });

/** A resolver that answers with these addresses, the last ones for ever; and how often it was asked. */
function leadingTo(...answers: readonly (readonly string[])[]) {
  let count = 0;
  const resolve = (_: string, __: unknown, done: (fault: null, found: readonly object[]) => void): void => {
    const found = answers[Math.min(count, answers.length - 1)] ?? [];
    count += 1;
    done(
      null,
      found.map((address) => ({ address, family: 4 })),
    );
  };
  return { resolve: resolve as unknown as typeof lookup, asked: () => count };
}
