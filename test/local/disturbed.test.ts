import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostFolder } from '../../src/adapters/local/protocol.js';
import { type Disturbance, disturbHost } from '../support/disturbed-host.js';
import { localWorld, place } from '../support/local-world.js';

interface Case {
  readonly how: Disturbance;
  /** What the first asking is told; it is done at once where nothing is said here. */
  readonly fails?: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  'a connection that is reset before the order is read': {
    how: ({ response, count, through }) => (count === 1 ? void response.destroy() : through()),
  },
  'a connection that is reset after the order was carried out': {
    how: async ({ response, pass, count, through }) => {
      if (count > 1) return through();
      await pass();
      response.destroy();
    },
  },
  'an answer that comes a byte at a time': {
    how: async ({ response, pass }) => {
      const { status, body } = await pass();
      response.writeHead(status, { 'content-type': 'application/json' });
      for (const byte of body) {
        response.write(byte);
        await new Promise(setImmediate);
      }
      response.end();
    },
  },
  'an answer that breaks off': {
    how: async ({ response, pass, count, through }) => {
      if (count > 1) return through();
      const { body } = await pass();
      response.writeHead(200, { 'content-type': 'application/json' }).write(body.slice(0, 20));
      response.destroy();
    },
  },
  'a page of somebody in between': {
    how: ({ response, count, through }) =>
      count > 1 ? through() : void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>log in</h1>'),
  },
  'JSON that is no state': {
    how: ({ response, count, through }) => (count > 1 ? through() : void response.writeHead(200).end('{"ok":true}')),
    fails: /the host of staging answered 200: .*"ok":true.*; wanted the state of web/,
  },
  'a fault of the host': {
    how: ({ response, count, through }) =>
      count > 1 ? through() : void response.writeHead(500).end('{"detail":"out of memory"}'),
    fails: /the host of staging answered 500: .*out of memory/,
  },
  'too many orders': {
    how: ({ response, count, through }) =>
      count > 1 ? through() : void response.writeHead(429, { 'retry-after': '1' }).end('{}'),
    fails: /the host of staging answered 429/,
  },
};

/** Fault list, case 8. An order has a key: whatever happened to its answer, asking again brings it about once. */
describe('fault 8: a platform whose answers are disturbed', () => {
  let world: Awaited<ReturnType<typeof localWorld>>;
  let between: Awaited<ReturnType<typeof disturbHost>>;
  before(async () => {
    world = await localWorld();
    const artifacts = [await world.artifact('1.0.0'), await world.artifact('1.1.0')] as const;
    await world.fleet.start({ place, artifact: artifacts[0], instances: 1, fence: { key: 'first', generation: 1 } });
    await world.fleet.adopt({ place, digest: artifacts[0].digest, fence: { key: 'adopt', generation: 1 } });
    await world.fleet.start({ place, artifact: artifacts[1], instances: 1, fence: { key: 'second', generation: 2 } });
    between = await disturbHost(hostFolder(world.dataDir, place.environment));
  });
  after(async () => {
    await between.close();
    await world.end();
  });

  let share = 0;
  for (const [name, { how, fails }] of Object.entries(cases))
    it(`${name}: once, and read back`, async () => {
      share += 10;
      const ask = { place, share, fence: { key: name, generation: 2 } };
      between.with(how);
      if (fails) await assert.rejects(world.traffic.shift(ask), fails);
      assert.equal((await world.traffic.shift(ask)).share, share);
      between.with(undefined);
      assert.equal((await world.traffic.read(place)).share, share);
      assert.equal(await applied(name), 1);
    });

  async function applied(key: string): Promise<number> {
    const text = await readFile(join(hostFolder(world.dataDir, place.environment), 'ledger.jsonl'), 'utf8');
    return text.split('\n').filter((line) => line.includes(`"key":${JSON.stringify(key)}`)).length;
  }
});
