import { gitIn } from '../../../src/adapters/governance/git.js';
import type { ChainLine } from '../../../src/adapters/governance/chain.js';

/**
 * Commits entries whose files are on disk, one commit each, with the trailers that Slipway writes. All files come with
 * the last of them: a folder of thousands of files, written anew for each of thousands of commits, would take hours.
 */
export async function commitAll(
  directory: string,
  commits: readonly { readonly line: ChainLine; readonly subject: string }[],
): Promise<void> {
  const git = gitIn(directory);
  const parent = (await git(['rev-parse', 'HEAD'])).trim();
  const [last, ...others] = commits.toReversed();
  const empty = others.reverse().map((commit, index) => `${headOf(commit)}${index === 0 ? `from ${parent}\n` : ''}`);
  await git(['fast-import', '--quiet', '--done'], `${empty.join('')}done\n`);
  await git(['add', '--all', '.']);
  if (last) await git(['-c', 'gc.auto=0', 'commit', '--quiet', '--message', messageOf(last)]);
  await git(['gc', '--quiet']);
}

const messageOf = ({ line, subject }: { readonly line: ChainLine; readonly subject: string }): string =>
  `${line.changeId}: ${subject}\n\nChange-Id: ${line.changeId}\nEvent-Id: ${line.eventId}\nRecord-Hash: ${line.hash}\n`;

function headOf(commit: { readonly line: ChainLine; readonly subject: string }): string {
  const person = `Slipway <slipway@slipway.invalid> ${Math.floor(Date.parse(commit.line.at) / 1_000)} +0000`;
  const message = messageOf(commit);
  return `commit refs/heads/main\nauthor ${person}\ncommitter ${person}\ndata ${Buffer.byteLength(message)}\n${message}\n`;
}
