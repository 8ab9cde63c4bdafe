import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Problem } from './problems.js';

/** SHA-256 of a record that somebody names, as hex. Throws a problem where there is no such record, or nothing in it. */
export async function recordHash(directory: string, path: string): Promise<string> {
  const refused = (met: string): Problem => {
    const wanted = 'a file of the governance repository that says something';
    return new Problem('senseless', `${path}: met ${met}; wanted ${wanted}`, {
      errors: [{ pointer: '/record', met, wanted }],
    });
  };
  const [root, real] = await Promise.all([realpath(directory), realpath(join(directory, path)).catch(() => undefined)]);
  if (real === undefined) throw refused('no such file');
  if (!real.startsWith(`${root}${sep}`)) throw refused('a file outside the repository');
  const content = await readFile(real).catch(() => undefined);
  if (content === undefined) throw refused('no file');
  if (content.toString('utf8').trim() === '') throw refused('an empty file');
  return createHash('sha256').update(content).digest('hex');
}
