import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { x as unpack } from 'tar';
import { pinnedVersion } from './temporal-binary.js';

interface Download {
  readonly folder: string;
  readonly tell: (line: string) => void;
  readonly fetch: typeof fetch;
  readonly patience: number;
}

/**
 * Fetches the official archive as Temporal's own SDKs do: a small document names the archive for this platform and the
 * file in it. The service offers no checksum; what arrives must be of the length announced and answer `--version`.
 */
export async function downloadTemporal({ folder, tell, fetch, patience }: Download): Promise<string> {
  const { archiveUrl, fileToExtract } = await askForArchive(fetch);
  tell(`Fetching the Temporal CLI ${pinnedVersion} from ${archiveUrl}`);
  const answer = await fetch(archiveUrl, { signal: AbortSignal.timeout(patience) }).catch(unreachable(archiveUrl));
  if (!answer.ok || !answer.body) throw new Error(`${archiveUrl} answers ${answer.status} ${answer.statusText}`);
  const archive = join(folder, 'archive.tar.gz');
  await pipeline(Readable.fromWeb(answer.body as ReadableStream<Uint8Array>), createWriteStream(archive));
  await unpack({ file: archive, cwd: folder, strict: true }, [fileToExtract]);
  return join(folder, fileToExtract);
}

async function askForArchive(fetch: Download['fetch']): Promise<{ archiveUrl: string; fileToExtract: string }> {
  const url = `https://temporal.download/cli/v${pinnedVersion}?${new URLSearchParams(target()).toString()}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(15_000) }).catch(unreachable(url));
  if (!answer.ok) throw new Error(`${url} answers ${answer.status} ${answer.statusText}`);
  const said: unknown = await answer.json();
  if (!namesArchive(said)) throw new Error(`${url} names no archive: ${JSON.stringify(said).slice(0, 200)}`);
  return said;
}

function target(): { arch: string; platform: string; format: string } {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
  if (!arch || !platform) throw new Error(`no binary is offered for ${process.platform} on ${process.arch}`);
  return { arch, platform, format: 'tar.gz' };
}

function namesArchive(said: unknown): said is { archiveUrl: string; fileToExtract: string } {
  const { archiveUrl, fileToExtract } = (said ?? {}) as Record<string, unknown>;
  return typeof archiveUrl === 'string' && typeof fileToExtract === 'string' && /^[\w.-]+$/.test(fileToExtract);
}

/** `fetch failed` says nothing; its cause does. */
const unreachable =
  (url: string) =>
  (fault: unknown): never => {
    const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
    throw new Error(`${url} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  };
