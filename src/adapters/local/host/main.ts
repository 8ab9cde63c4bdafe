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
import { tellPrometheus } from './targets.js';

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

const token = randomBytes(32).toString('hex');
const admin = createAdmin({ token, desk: { ...host, shutDown: () => leave('stopping') }, log });
admin.listen(0, '127.0.0.1');
await once(admin, 'listening');
const { port } = admin.address() as AddressInfo;

/** The way out, taken once, whoever asks for it. From then on no order is heard: its worker finds the next host. */
let leaving: Promise<void> | undefined;
function leave(how: 'stopping' | 'staying up'): Promise<void> {
  log.info({ instances: how }, 'the host is asked to end');
  admin.close();
  leaving ??= (how === 'stopping' ? host.close().then(host.endInstances) : host.close()).finally(() => {
    log.info('the host ends');
    // A moment for the last answer to leave.
    setTimeout(() => process.exit(0), 20);
  });
  return leaving;
}

const path = `${folder}/host.json`;
const { ino } = await stat(folder);
await writeWhole(path, JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) ?? '', port, token }));
await tellPrometheus({ folder, environment, port });
log.info({ port }, 'the host is up');

process.on('SIGTERM', () => void leave('staying up'));
process.on('SIGINT', () => void leave('staying up'));

// Whose folder is gone has nobody to work for; whose folder has another host must not disturb it.
for (;;) {
  await sleep(1_000);
  if (await isFolderGone()) await leave('stopping');
  else if (await isReplaced()) await leave('staying up');
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
