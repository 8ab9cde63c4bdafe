import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Express } from 'express';
import { seconds } from '../domain/duration.js';

/** A front door that answers at `url` until it is closed: gently, with what is under way finished first. */
export interface OpenDoor {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; 0 lets the system choose the port. Throws when the port is taken. */
export async function listen(ask: {
  readonly app: Express;
  readonly host: string;
  readonly port: number;
}): Promise<OpenDoor> {
  const { app, host } = ask;
  const server = createServer(
    {
      // Whoever sends a request letter by letter does not hold a connection for long.
      requestTimeout: seconds(30),
      headersTimeout: seconds(10),
      keepAliveTimeout: seconds(5),
      connectionsCheckingInterval: seconds(5),
      maxHeaderSize: 16_384,
    },
    app,
  );
  const underWay = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(ask.port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${port}`, port, close };

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    app.emit('closing');
    const answered = Promise.all([...underWay].map((response) => once(response, 'close')));
    await Promise.race([answered, pause(patience, undefined, { ref: false })]);
    server.closeAllConnections();
    await closed;
  }
}

const patience = seconds(5);
