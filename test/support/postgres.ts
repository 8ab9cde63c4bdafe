import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { freePort } from '../../src/adapters/local/host/free-port.js';
import { until } from './until.js';

/** A private PostgreSQL of a test: its own folder, port and socket, ended with the test. */
export interface Cluster {
  /** A new database of `shop`, who is no superuser; its address, with the password in it. `like` is what it is a copy of. */
  database(name: string, like?: string): Promise<string>;
  /** The password of `shop`: whatever people read must not hold it. */
  readonly password: string;
  end(): Promise<void>;
}

const howTo =
  'PostgreSQL is not installed: tests of data migrations on a real one are LEFT OUT. Install it with `apt install postgresql` (macOS: `brew install postgresql`)';

const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'max_connections=40'].flatMap((s) => ['-c', s]);

/** Why tests on a real PostgreSQL are left out, told loudly; `false` where there is one. */
export const withoutPostgres: string | false = await whyNot();

/** Where PostgreSQL's own programs lie; nowhere where there are none. */
export const pathToPostgres = (await findBin()) ?? '';

/** Starts a cluster. PostgreSQL does not run as root: there it runs as the user that Debian makes for it. */
export async function startCluster(): Promise<Cluster> {
  const bin = await findBin();
  if (bin === undefined) throw new Error(howTo);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pg-'));
  const owner = process.getuid?.() === 0 ? await idsOf('postgres') : undefined;
  for (const path of [folder, join(folder, 'data')]) {
    await mkdir(path, { recursive: true });
    if (owner) await chown(path, owner.uid, owner.gid);
  }
  await chmod(folder, 0o755);
  const as = owner ?? {};
  const data = join(folder, 'data');
  const [port, password] = [await freePort(new Set()), `s3cret-${process.pid}-${Date.now()}`];
  await execa(
    join(bin, 'initdb'),
    ['-D', data, '-N', '-U', 'postgres', '-A', 'trust', '--locale=C.UTF-8', '-E', 'UTF8'],
    {
      ...as,
      cwd: folder,
    },
  );
  await writeFile(join(data, 'pg_hba.conf'), 'local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
  const server = spawn(join(bin, 'postgres'), [...settings, '-D', data, '-k', folder, '-p', String(port)], {
    ...as,
    cwd: folder,
    stdio: 'ignore',
  });
  const admin = `postgresql:///postgres?host=${folder}&port=${port}&user=postgres`;
  await until(() => answers(server, admin));
  await query(admin, `create role shop login createdb password '${password}'`);
  return {
    password,
    database: async (name, like = 'template1') => {
      await query(admin, `create database ${name} owner shop template ${like}`);
      return `postgresql://shop:${password}@127.0.0.1:${port}/${name}`;
    },
    end: async () => {
      const gone = once(server, 'exit');
      server.kill('SIGINT');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
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

async function whyNot(): Promise<string | false> {
  if ((await findBin()) !== undefined) return false;
  process.stdout.write(`${howTo}\n`);
  return howTo;
}

async function findBin(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const folders = [
    ...versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  for (const folder of folders) {
    const there = await Promise.all(['initdb', 'postgres', 'pg_dump'].map((tool) => isThere(join(folder, tool))));
    if (there.every(Boolean)) return folder;
  }
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function idsOf(user: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => execa('id', [which, user])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

async function answers(server: ChildProcess, address: string): Promise<boolean> {
  if (server.exitCode !== null) throw new Error(`postgres ended with exit code ${server.exitCode}`);
  return await query(address, 'select 1').then(
    () => true,
    () => false,
  );
}
