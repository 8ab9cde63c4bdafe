import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { hostFile } from '../protocol.js';
import { createAdmin } from './admin.js';
import { writeWhole } from './files.js';
import { openHost } from './host.js';
import { basicsOf } from './launch.js';
import { birthOf, hasCode } from './os-process.js';

/**
 * One environment's host: `--folder` is where it keeps what it knows, `--environment` its name. It outlives whoever
 * started it, and ends on SIGTERM (the instances go on), on `POST /stop` (they do not), or when its folder is gone.
 */
const { folder, environment } = parseArgs({
  options: { folder: { type: 'string', default: '' }, environment: { type: 'string', default: '' } },
}).values;

const log = pino(
  { base: { environment, pid: process.pid } },
  pino.destination({ dest: `${folder}/host.log`, sync: true }),
);
process.on('uncaughtException', (error) => {
  log.fatal({ error: { message: error.message, stack: error.stack } }, 'the host fell');
  process.exit(1);
});

const self = { pid: process.pid, startedAt: new Date().toISOString() };
const quarters = { folder, environment, basics: basicsOf(process.env) };
const host = await openHost({ quarters, self, log });

/** The way out is taken once, whoever asks for it. */
let leaving: Promise<void> | undefined;
const leave = (how: 'stopping' | 'staying up'): Promise<void> =>
  (leaving ??= (async () => {
    log.info({ instances: how }, 'the host ends');
    await host.close();
    if (how === 'stopping') await host.endInstances();
  })());

const token = randomBytes(32).toString('hex');
const exit = () => setTimeout(() => process.exit(0), 20);
const desk = { ...host, shutDown: () => leave('stopping').finally(exit) };
const admin = createAdmin({ token, desk, log });
admin.listen(0, '127.0.0.1');
await once(admin, 'listening');
const { port } = admin.address() as AddressInfo;

const path = `${folder}/host.json`;
const { ino } = await stat(folder);
await writeWhole(path, JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) ?? '', port, token }));
log.info({ port }, 'the host is up');

process.on('SIGTERM', () => void leave('staying up').finally(exit));
process.on('SIGINT', () => void leave('staying up').finally(exit));

// Whose folder is gone has nobody to work for; whose folder has another host must not disturb it.
for (;;) {
  await sleep(1_000);
  if (await isFolderGone()) await leave('stopping').finally(exit);
  else if (await isReplaced()) await leave('staying up').finally(exit);
}

async function isFolderGone(): Promise<boolean> {
  try {
    return (await stat(folder)).ino !== ino;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
}

async function isReplaced(): Promise<boolean> {
  try {
    return hostFile.parse(JSON.parse(await readFile(path, 'utf8'))).token !== token;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
