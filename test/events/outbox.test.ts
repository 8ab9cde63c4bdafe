import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { HTTP, type CloudEventV1 } from 'cloudevents';
import { openCdEvents } from '../../src/adapters/events/cd-events.js';
import { tellingRecords } from '../../src/adapters/events/telling-records.js';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import { aGoodCanary, aRolledBackCanary } from '../records/stories.js';
import { eventually } from '../support/eventually.js';

interface World {
  readonly dataDir: string;
  readonly lines: () => Promise<readonly { readonly id: string; readonly type: string }[]>;
  readonly listener: { status: number; readonly taken: CloudEventV1<unknown>[]; posts: number };
  readonly webhook: string;
  readonly faults: string[];
  readonly open: (webhook?: string) => ReturnType<typeof openCdEvents>;
}

const write = (world: Pick<World, 'open'>, of = world.open()) => ({
  records: tellingRecords(createMemoryRecords(), of),
  events: of,
});
const good = { kind: 'rollout-ended', eventId: 'a', rollout: aGoodCanary() } as const;
const back = { kind: 'rollout-ended', eventId: 'b', rollout: aRolledBackCanary() } as const;

describe('the file of CDEvents and who carries it', () => {
  told('each event is there once, however often its record is told, by whichever process', async (world) => {
    const { records } = write(world);
    await records.write(good);
    await records.write(good);
    await write(world).records.write(good);
    const lines = await world.lines();
    assert.equal(lines.length, 3);
    assert.equal(new Set(lines.map(({ id }) => id)).size, 3);
  });

  told('what a crash tore is written anew', async (world) => {
    await write(world).records.write(good);
    await appendFile(join(world.dataDir, 'cdevents.jsonl'), '{"specver');
    await write(world).records.write(back);
    assert.equal((await world.lines()).length, 7);
  });

  told('a listener gets each in structured mode and in order, and again only what it did not take', async (world) => {
    world.listener.status = 503;
    const { records, events } = write(world, world.open(world.webhook));
    await records.write(good);
    await records.write(back);
    await eventually('asked again', () => world.listener.posts >= 2 || undefined);
    await events.close();
    assert.deepEqual(world.listener.taken, []);
    world.listener.status = 202;
    const next = world.open(world.webhook);
    await eventually('all are taken', () => world.listener.taken.length === 7 || undefined);
    await next.take([]);
    await next.close();
    assert.deepEqual(
      world.listener.taken.map(({ id }) => id),
      (await world.lines()).map(({ id }) => id),
    );
    assert.ok(world.faults.every((fault) => !fault.includes('T0K3N')));
  });

  told('a listener that calls an event malformed is not asked again', async (world) => {
    world.listener.status = 422;
    const { records, events } = write(world, world.open(world.webhook));
    await records.write(good);
    await eventually('each is passed over', () => world.faults.length === 3 || undefined);
    assert.equal(world.listener.posts, 3);
    await events.close();
  });

  told(
    'no record waits for a listener or for the disk, and what could not be written comes with the next',
    async (world) => {
      const file = join(world.dataDir, 'cdevents.jsonl');
      await mkdir(file);
      const { records, events } = write(world, world.open('http://127.0.0.1:9/T0K3N'));
      assert.equal((await records.write(good)).sequence, 1);
      assert.match(world.faults.join(), /3 CDEvents could not be written/);
      await rm(file, { recursive: true });
      await records.write(back);
      assert.equal((await world.lines()).length, 7);
      await events.close();
    },
  );
});

function told(sentence: string, story: (world: World) => Promise<void>): void {
  it(sentence, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'slipway-'));
    const faults: string[] = [];
    const listener: World['listener'] = { status: 202, taken: [], posts: 0 };
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        listener.posts += 1;
        if (listener.status < 300) listener.taken.push(read(request.headers, body));
        response.writeHead(listener.status).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const log = (...words: unknown[]): void => void faults.push(String(words.at(-1)));
    const logger = { warn: log, error: log };
    const settings = { dataDir, cdEventsSource: '/slipway', logger, firstPause: 20 };
    try {
      await story({
        dataDir,
        listener,
        faults,
        webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/T0K3N`,
        open: (webhook) => openCdEvents({ ...settings, ...(webhook !== undefined && { cdEventsWebhook: webhook }) }),
        lines: async () =>
          (await readFile(join(dataDir, 'cdevents.jsonl'), 'utf8'))
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as { id: string; type: string }),
      });
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
}

/** As a listener with the CloudEvents SDK reads it. */
function read(headers: IncomingHttpHeaders, body: string): CloudEventV1<unknown> {
  const event = HTTP.toEvent({ headers, body });
  if (Array.isArray(event)) throw new Error('one event was posted, several were read');
  return event;
}
