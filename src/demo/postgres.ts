import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import pg from 'pg';
import { freePort } from '../adapters/local/host/free-port.js';
import { isThere } from '../adapters/postgres/tools.js';

/** A private PostgreSQL: a folder and a port of its own, on 127.0.0.1 alone. Fast, and not made to survive the machine. */
export interface Cluster {
  /** A new database of `shop`, who is no superuser; its address, with the password in it. `like` is what it is a copy of. */
  database(name: string, like?: string): Promise<string>;
  /** The password of `shop`: whatever people read must not hold it. */
  readonly password: string;
  /** Ends the server and removes its folder. */
  end(): Promise<void>;
}

/** The variables of a process, as `process.env` has them. */
type Variables = Readonly<Record<string, string | undefined>>;

/** The folder of PostgreSQL's own programs: where Debian keeps each version, the newest first, or on `PATH`. */
export async function findServer(variables: Variables, debian = '/usr/lib/postgresql'): Promise<string | undefined> {
  const versions = await readdir(debian).catch(() => []);
  const folders = [
    ...versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin')),
    ...(variables['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
  ];
  for (const folder of folders) {
    const there = await Promise.all(programs.map((program) => isThere(join(folder, program))));
    if (there.every(Boolean)) return folder;
  }
  return undefined;
}

const programs = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];

/** What people do who have none. */
export const howToInstall = 'install it with `apt install postgresql` (macOS: `brew install postgresql`)';

/**
 * Starts a cluster with the programs in `bin`. PostgreSQL does not run as root: there it runs as the user that its package
 * makes for it. What fails half-way leaves neither process nor folder behind; the fault says what PostgreSQL said.
 */
export async function startCluster(bin: string): Promise<Cluster> {
  const owner = process.getuid?.() === 0 ? await ownerInsteadOfRoot() : undefined;
  const folder = await mkdtemp(join(tmpdir(), `slipway-pg-${process.pid}-`));
  let server: ChildProcess | undefined;
  const end = async (): Promise<void> => {
    if (server) await endServer(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [port, admin, password] = [await freePort(new Set()), randomUUID(), randomUUID()];
    await initialize({ bin, folder, owner, admin });
    server = await launch({ bin, folder, owner, port });
    const addressOf = (user: string, secret: string, name: string): string =>
      `postgresql://${user}:${secret}@127.0.0.1:${port}/${name}`;
    const asAdmin = addressOf('postgres', admin, 'postgres');
    await query(asAdmin, `create role shop login createdb password '${password}'`);
    return {
      password,
      database: async (name, like = 'template1') => {
        await query(asAdmin, `create database ${name} owner shop template ${like}`);
        return addressOf('shop', password, name);
      },
      end,
    };
  } catch (fault) {
    await end();
    throw fault;
  }
}

/** Asks a database one thing. */
export async function query<T extends object>(address: string, sql: string): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

interface Place {
  readonly bin: string;
  readonly folder: string;
  readonly owner: Owner | undefined;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Only who knows the password gets in, over TCP; `admin` is that of the superuser `postgres`. */
async function initialize({ bin, folder, owner, admin }: Place & { readonly admin: string }): Promise<void> {
  const [data, secret] = [join(folder, 'data'), join(folder, 'password')];
  await mkdir(data, { mode: 0o700 });
  await writeFile(secret, admin, { mode: 0o600 });
  if (owner) for (const path of [folder, data, secret]) await chown(path, owner.uid, owner.gid);
  const asked = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${secret}`];
  await execa(join(bin, 'initdb'), [...asked, '--no-sync', '--no-locale', '--encoding=UTF8'], {
    ...owner,
    cwd: folder,
  });
  await rm(secret);
}

/** Starts the server; returns when it says that it can be spoken to. */
async function launch({ bin, folder, owner, port }: Place & { readonly port: number }): Promise<ChildProcess> {
  const told = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='];
  const server = spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...told.flatMap((word) => ['-c', word])], {
    ...owner,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      if (line.includes('ready to accept connections')) resolve();
      said.push(line);
      if (said.length > 4) said.shift();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`postgres ended with ${String(code)}: ${said.join(' ')}`)));
  });
  await ready;
  return server;
}

async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGINT');
  await gone;
}

async function ownerInsteadOfRoot(): Promise<Owner> {
  const ids = await Promise.all(['-u', '-g'].map((which) => execa('id', [which, 'postgres'], { reject: false })));
  const [uid, gid] = ids.map(({ stdout, failed }) => (failed ? NaN : Number(stdout)));
  if (uid !== undefined && gid !== undefined && Number.isInteger(uid + gid)) return { uid, gid };
  throw new Error('PostgreSQL does not run as root, and there is no user postgres to run it as');
}
