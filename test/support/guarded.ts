import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** What stands before a Prometheus in a network: TLS under an authority of its own, and a bearer. */
export async function openGuarded(upstream: string, token: string) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  await execa('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', ca, ...names]);
  const server = createServer({ key: await readFile(key), cert: await readFile(ca) }, (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end('who are you?');
    return void fetch(`${upstream}${request.url ?? ''}`).then(async (answer) =>
      response.writeHead(answer.status).end(await answer.text()),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
