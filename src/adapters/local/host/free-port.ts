import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below where systems take the ports of outgoing connections from: one of those could sit on a port between two starts. */
const lowest = 20_000;
const highest = 31_999;

/** A port nobody listens on and that is not in `taken`. Somebody may be quicker: who binds it must be ready to ask again. */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = randomInt(lowest, highest + 1);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port between ${lowest} and ${highest} in 200 tries`);
}

/** Whether the port can be listened on here and now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
