import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** How a version of the tiny service behaves. */
export interface Behaviour {
  /** Every n-th order fails; 0 is never. */
  readonly failEvery?: number;
  /** Answers its health path until it has had so many orders, then no more: only customers make it sick. */
  readonly sickAfterOrders?: number;
  readonly readyAfterMs?: number;
  readonly smoke?: 'good' | 'bad';
  /** Begins to fail only after so many orders: no window of a canary sees it. */
  readonly failsAfterOrders?: number;
  /** Fails orders only while this flag is on. */
  readonly flag?: string;
}

/** Versions of the tiny service by tag: what each does is written in its commit. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  '1.0.0': {},
  '1.1.0': {},
  '1.2.0': {},
  '1.3.0': {},
  '2.0.0': { failEvery: 3 },
  '3.0.0': { smoke: 'bad' },
  '4.0.0': { sickAfterOrders: 3 },
  '5.0.0': { readyAfterMs: 20_000 },
  '6.0.0': { readyAfterMs: 60_000 },
  '7.0.0': { failEvery: 3, flag: 'express' },
  '8.0.0': { failEvery: 3, failsAfterOrders: 70 },
};

/** A git repository with a service of one file, a tag per version; plain Node, up in a few dozen milliseconds. */
export async function makeTinyService(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', ...args], { cwd: directory, env });
  await git('init', '--quiet', '--initial-branch=main');
  await writeFile(join(directory, 'server.mjs'), program);
  for (const [version, behaviour] of Object.entries(behaviours)) {
    await writeFile(join(directory, 'behaviour.json'), JSON.stringify(behaviour));
    await writeFile(join(directory, 'VERSION'), `${version}\n`);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', version);
    await git('tag', `v${version}`);
  }
}

const program = `import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const behaviour = JSON.parse(readFileSync('behaviour.json', 'utf8'));
const version = readFileSync('VERSION', 'utf8').trim();
const born = Date.now();
let orders = 0;
let flagged = behaviour.flag === undefined;
const { FLAGS_FROM, FLAGS_TOKEN, SLIPWAY_ENVIRONMENT } = process.env;
if (behaviour.flag && FLAGS_FROM) setInterval(askForFlag, 100);
async function askForFlag() {
  try {
    const { url } = JSON.parse(readFileSync(FLAGS_FROM, 'utf8'));
    const path = '/ofrep/v1/evaluate/flags/' + behaviour.flag + '?environment=' + SLIPWAY_ENVIRONMENT;
    const headers = { authorization: 'Bearer ' + FLAGS_TOKEN, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: '{}' });
    flagged = (await response.json()).value === true;
  } catch {
    // Slipway is not there: what was known last holds.
  }
}
const server = createServer((request, response) => {
  const age = Date.now() - born;
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  request.resume();
  if (request.url === '/healthz') return answer(behaviour.sickAfterOrders && orders > behaviour.sickAfterOrders ? 500 : 200, {});
  if (request.url === '/readyz') return answer(behaviour.readyAfterMs && age < behaviour.readyAfterMs ? 503 : 200, {});
  if (request.url === '/version') return answer(behaviour.smoke === 'bad' ? 500 : 200, { version });
  orders += 1;
  const ripe = orders > (behaviour.failsAfterOrders ?? 0);
  if (ripe && flagged && behaviour.failEvery && orders % behaviour.failEvery === 0) return answer(500, { error: 'out of luck' });
  return answer(200, { version });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;
