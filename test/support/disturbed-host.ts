import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What stands in the way of an order: it may answer by itself, and may pass the order on. */
export type Disturbance = (order: {
  readonly response: ServerResponse;
  /** Gives the order to the host; its answer. */
  readonly pass: () => Promise<{ readonly status: number; readonly body: string }>;
  /** Gives the order to the host and its answer to who asked. */
  readonly through: () => Promise<void>;
  readonly body: string;
  readonly count: number;
}) => void | Promise<void>;

/** Stands between the workers and the host of an environment: every order goes through `disturb`, where one is set. */
export async function disturbHost(folder: string) {
  const path = join(folder, 'host.json');
  const file = await readFile(path, 'utf8');
  const host = JSON.parse(file) as { readonly port: number };
  let disturb: Disturbance | undefined;
  let count = 0;
  const server = createServer((incoming, response) => void serve(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await writeFile(path, JSON.stringify({ ...host, port: (server.address() as AddressInfo).port }));
  return {
    with(next: Disturbance | undefined): void {
      disturb = next;
      count = 0;
    },
    async close(): Promise<void> {
      await writeFile(path, file);
      server.closeAllConnections();
      server.close();
    },
  };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const pass = () => forward(host.port, incoming, body);
    const through = async (): Promise<void> => {
      const answer = await pass();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    };
    try {
      if (disturb && incoming.url === '/orders') await disturb({ response, pass, through, body, count: ++count });
      else await through();
    } catch {
      response.destroy();
    }
  }
}

async function forward(port: number, { method, url, headers }: IncomingMessage, body: string) {
  const passed = request({ host: '127.0.0.1', port, method, path: url, headers: { ...headers, connection: 'close' } });
  passed.end(body);
  const [answer] = (await once(passed, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, body: await text(answer) };
}
