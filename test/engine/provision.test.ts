import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { connectClient } from '../../src/adapters/temporal/connections.js';
import { connectNative } from '../../src/adapters/temporal/native-connection.js';
import type { DevServer } from '../../src/adapters/temporal/dev-server.js';
import { provision } from '../../src/adapters/temporal/provision.js';
import { searchAttributes } from '../../src/messages.js';
import { aDataDir, anEngine, engineAt } from './support/engines.js';
import { afterwards } from './support/temporary.js';
import type { Ending } from './support/temporary.js';

type Connected = Client & { readonly connection: Connection };

const keywords = Object.values(searchAttributes);
const { IndexedValueType } = proto.temporal.api.enums.v1;
const wish = { keywords, retentionDays: 90, shorterRetention: 'leave' } as const;

describe('What an engine is given before the first release', { timeout: 60_000 }, () => {
  let server: DevServer;
  let client: Connected;
  let undo = (): Promise<void> => Promise.resolve();
  const ending: Ending = { after: (all) => (undo = all) }; // Within a hook, the runner's own `after` is the hook's.
  after(() => undo());

  before(async () => {
    server = await anEngine(ending, { dataDir: await aDataDir(ending) });
    client = await connectClient({ engine: engineAt(server, 'default'), role: 'test' });
    afterwards(ending, () => client.connection.close());
  });

  it('is a namespace with its retention and the search attributes, usable at once; giving it again changes nothing', async () => {
    const told: string[] = [];
    const ask = {
      ...wish,
      connection: client.connection,
      namespace: 'releases',
      tell: (line: string) => told.push(line),
    };
    await provision(ask);
    assert.equal(told.length, 2);
    assert.equal(await retentionOf(client, 'releases'), 90);

    const releases = await connectClient({ engine: engineAt(server, 'releases'), role: 'test' });
    await releases.workflow.start('release', { workflowId: 'one', taskQueue: 'nobody' });
    for (const name of keywords) await releases.workflow.count(`${name} = "x"`);
    await releases.connection.close();

    await provision(ask);
    assert.equal(told.length, 2, 'the second time there is nothing to tell');
  });

  it('is the same whoever of two comes first', async () => {
    const ask = { ...wish, connection: client.connection, namespace: 'raced' };
    await Promise.all([provision(ask), provision(ask)]);
  });

  it('is longer retention where that is ours to say, and left alone where it is not', async () => {
    const told: string[] = [];
    const ask = {
      ...wish,
      connection: client.connection,
      namespace: 'default',
      tell: (line: string) => told.push(line),
    };
    await provision(ask);
    assert.match(told[0]!, /default keeps closed releases for 24 h; 90 are wished for/);
    await provision({ ...ask, shorterRetention: 'raise' });
    assert.equal(await retentionOf(client, 'default'), 90);
  });

  it('is refused where a search attribute of that name has another type', async () => {
    const { connection } = client;
    await provision({ ...wish, connection, namespace: 'mistaken', keywords: [] });
    await connection.operatorService.addSearchAttributes({
      namespace: 'mistaken',
      searchAttributes: { SlipwayState: IndexedValueType.INDEXED_VALUE_TYPE_INT },
    });
    await assert.rejects(provision({ ...wish, connection, namespace: 'mistaken' }), /SlipwayState is INT/);
  });

  it('has to be there already where making it is not allowed; what is missing is named with the commands', async () => {
    const guarded = denying(client.connection, ['addSearchAttributes', 'listSearchAttributes', 'registerNamespace']);
    const { connection } = client;
    await provision({ ...wish, connection, namespace: 'guarded', keywords: ['SlipwayState'] });

    await provision({ ...wish, connection: guarded, namespace: 'guarded', keywords: ['SlipwayState'] });
    await assert.rejects(provision({ ...wish, connection: guarded, namespace: 'guarded' }), (fault: Error) => {
      assert.match(
        fault.message,
        /temporal operator search-attribute create --namespace guarded --name SlipwayService/,
      );
      assert.doesNotMatch(fault.message, /--name SlipwayState/);
      return true;
    });
    await assert.rejects(
      provision({ ...wish, connection: guarded, namespace: 'absent' }),
      /temporal operator namespace create --namespace absent --retention 90d/,
    );
  });
});

describe('Connecting to an engine', { timeout: 60_000 }, () => {
  it('waits, for clients and workers alike, until a server that is starting answers', async (t) => {
    const dataDir = await aDataDir(t);
    const first = await anEngine(t, { dataDir });
    await first.stop();

    const engine = engineAt(first, 'default');
    const [client, native] = [connectClient({ engine, role: 'worker' }), connectNative({ engine })];
    await anEngine(t, { dataDir });
    afterwards(t, async () => (await client).connection.close());
    afterwards(t, async () => (await native).close());
    assert.match((await client).options.identity, /^slipway\/worker\/\d+$/);
    await native;
  });

  it('gives up at its deadline and names the server', async (t) => {
    // Ours, so that nobody else can answer there: it hangs up on everybody.
    const nobody = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    afterwards(t, async () => {
      nobody.close();
      await once(nobody, 'close');
    });
    const address = `127.0.0.1:${(nobody.address() as AddressInfo).port}`;
    const engine = { kind: 'external', connection: { address }, namespace: 'default' } as const;
    const message = new RegExp(`The Temporal server at ${address} did not answer for 300 ms`);
    await assert.rejects(connectClient({ engine, role: 'test', within: 300 }), message);
    await assert.rejects(connectNative({ engine, within: 300 }), message);
  });
});

async function retentionOf(client: Connected, namespace: string): Promise<number> {
  const { config } = await client.connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
}

/** The same connection, but these calls are refused, as a managed cluster refuses them. */
function denying(connection: Connection, calls: readonly string[]): Connection {
  const guard = <S extends object>(service: S): S =>
    new Proxy(service, {
      get: (target, name) =>
        calls.includes(String(name)) ? () => Promise.reject(denied) : (Reflect.get(target, name) as unknown),
    });
  return Object.create(connection, {
    operatorService: { value: guard(connection.operatorService) },
    workflowService: { value: guard(connection.workflowService) },
  }) as Connection;
}

const denied = Object.assign(new Error('denied'), { code: 7, details: 'Request unauthorized.', metadata: {} });
