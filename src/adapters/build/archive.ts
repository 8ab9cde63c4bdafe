import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Pack } from 'tar';

type Packed =
  | {
      readonly kind: 'packed';
      readonly digest: string;
      /** What was packed: the files, relative to the folder. */
      readonly folder: string;
      readonly files: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Packs a folder into a `.tar.gz` whose bytes depend on names, contents, links and executable bits alone: two builds of
 * the same input have the same digest. A folder that cannot be a package is refused with the reason.
 */
export async function packFolder(ask: {
  /** The checkout; nothing outside it is packed, and neither is its `.git`. */
  readonly checkout: string;
  /** Relative to the checkout. */
  readonly output: string;
  /** Seconds since 1970, given to every entry. */
  readonly modifiedAt: number;
  readonly archive: string;
  readonly signal?: AbortSignal;
}): Promise<Packed> {
  const folder = await insideCheckout(ask.checkout, ask.output);
  if (!folder) return { kind: 'refused', reason: `output "${ask.output}" is not a folder inside the checkout` };
  const entries: Entry[] = [];
  for await (const entry of walk(folder, '')) {
    ask.signal?.throwIfAborted();
    const problem = entryProblem(entry);
    if (problem) return { kind: 'refused', reason: `output "${ask.output}": ${problem}` };
    entries.push(entry);
  }
  const problem = sizeProblem(entries);
  if (problem) return { kind: 'refused', reason: `output "${ask.output}" ${problem}` };
  const files = entries.filter(({ stat }) => stat.isFile()).map(({ path }) => path);
  return { kind: 'packed', digest: await write({ ...ask, folder, entries }), folder, files };
}

/** The digest of a file's content, `sha256:…`. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest('hex')}`;
}

const sizeLimit = 2 * 1024 ** 3;

interface Entry {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly stat: Stats;
  /** Where a symbolic link points, as written. */
  readonly target?: string;
}

/** Resolved, because the build may have made the output, or a folder above it, a link to somewhere else. */
async function insideCheckout(checkout: string, output: string): Promise<string | undefined> {
  const root = await realpath(checkout);
  const folder = await realpath(resolve(root, output)).catch(missing);
  if (folder === undefined || !(folder === root || folder.startsWith(`${root}/`))) return undefined;
  return (await lstat(folder)).isDirectory() ? folder : undefined;
}

function missing(fault: unknown): undefined {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
  throw fault;
}

/** Every entry below a folder, in an order no file system or locale can change; links are not followed. */
async function* walk(folder: string, below: string): AsyncGenerator<Entry> {
  const names = (await readdir(join(folder, below))).sort();
  for (const name of names) {
    if (below === '' && name === '.git') continue;
    const path = posix.join(below, name);
    const stat = await lstat(join(folder, path));
    if (stat.isSymbolicLink()) yield { path, stat, target: await readlink(join(folder, path)) };
    else yield { path, stat };
    if (stat.isDirectory()) yield* walk(folder, path);
  }
}

function entryProblem({ path, stat, target }: Entry): string | undefined {
  if (target !== undefined)
    return staysInside(path, target) ? undefined : `link ${path} leaves the package: it points to ${target}`;
  return stat.isFile() || stat.isDirectory() ? undefined : `${path} is neither a file, a folder nor a link`;
}

/**
 * Relative, and `..` only at its beginning: such a link climbs through real folders alone, so that no chain of links can
 * lead out, whatever they pass through.
 */
function staysInside(path: string, target: string): boolean {
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const climbs = parts.findIndex((part) => part !== '..');
  if (posix.isAbsolute(target) || (climbs >= 0 && parts.slice(climbs).includes('..'))) return false;
  const end = posix.join(posix.dirname(path), target);
  return end !== '..' && !end.startsWith('../');
}

function sizeProblem(entries: readonly Entry[]): string | undefined {
  const files = entries.filter((entry) => entry.stat.isFile());
  const size = files.reduce((sum, file) => sum + file.stat.size, 0);
  if (files.length === 0) return 'is empty: there is nothing to run';
  return size > sizeLimit ? `holds ${size} bytes, more than the ${sizeLimit} allowed` : undefined;
}

async function write(ask: {
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly modifiedAt: number;
  readonly archive: string;
  readonly signal?: AbortSignal;
}): Promise<string> {
  const pack = new Pack({
    cwd: ask.folder,
    gzip: { level: 6 },
    portable: true,
    mtime: new Date(ask.modifiedAt * 1_000),
    noDirRecurse: true,
    strict: true,
    statCache: new Map(ask.entries.map((entry) => [join(ask.folder, entry.path), plain(entry.stat)])),
  });
  for (const entry of ask.entries) pack.add(entry.path);
  pack.end();
  const hash = createHash('sha256');
  async function* hashed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(pack, hashed, createWriteStream(ask.archive), ask.signal ? { signal: ask.signal } : {});
  return `sha256:${hash.digest('hex')}`;
}

/** What differs between two machines is made equal: modes are 755 or 644, and a hard link is a file of its own. */
function plain(stat: Stats): Stats {
  const runnable = stat.isDirectory() || (stat.mode & 0o100) !== 0;
  const type = stat.mode & ~0o7777;
  stat.mode = type | (runnable ? 0o755 : 0o644);
  stat.nlink = 1;
  return stat;
}
