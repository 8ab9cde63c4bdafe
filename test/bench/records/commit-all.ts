import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitIn } from '../../../src/adapters/governance/git.js';
import type { ChainLine } from '../../../src/adapters/governance/chain.js';

/** Commits entries of files that are on disk, one commit each, with the trailers that Slipway writes. */
export async function commitAll(
  directory: string,
  commits: readonly { readonly line: ChainLine; readonly paths: readonly string[]; readonly subject: string }[],
): Promise<void> {
  const git = gitIn(directory);
  const parent = (await git(['rev-parse', 'HEAD'])).trim();
  const importing = spawn('git', ['fast-import', '--quiet', '--done'], {
    cwd: directory,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(importing, 'exit');
  const send = async (data: string | Buffer): Promise<void> => {
    if (!importing.stdin.write(data)) await once(importing.stdin, 'drain');
  };
  for (const [index, commit] of commits.entries()) {
    await send(`${headOf(commit)}${index === 0 ? `from ${parent}\n` : ''}`);
    for (const path of commit.paths) {
      const content = await readFile(join(directory, path));
      await send(`M 100644 inline ${path}\ndata ${content.length}\n`);
      await send(content);
      await send('\n');
    }
  }
  importing.stdin.end('done\n');
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`git fast-import ended with ${code ?? 'a signal'}`);
  await git(['reset', '--quiet', '--mixed', 'HEAD']);
}

function headOf({ line, subject }: { readonly line: ChainLine; readonly subject: string }): string {
  const at = `${Math.floor(Date.parse(line.at) / 1_000)} +0000`;
  const trailers = `Change-Id: ${line.changeId}\nEvent-Id: ${line.eventId}\nRecord-Hash: ${line.hash}\n`;
  const message = `${line.changeId}: ${subject}\n\n${trailers}`;
  const person = `Slipway <slipway@slipway.invalid> ${at}`;
  return `commit refs/heads/main\nauthor ${person}\ncommitter ${person}\ndata ${Buffer.byteLength(message)}\n${message}\n`;
}
