import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from '../governance/durable-file.js';

/** A key of this Slipway, `<dataDir>/<name>.key`, for its own user alone: whoever comes first makes it, all others read that one. */
export async function ownKey(dataDir: string, name: string): Promise<Buffer> {
  const file = join(dataDir, `${name}.key`);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, randomBytes(32), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file).catch((fault: unknown) => {
      if (!isCode(fault, 'EEXIST')) throw fault;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return await readFile(file);
}
