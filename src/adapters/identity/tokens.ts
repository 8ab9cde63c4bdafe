import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import * as z from 'zod';
import type { Instant } from '../../domain/duration.js';

/** Tokens of people, kept as hashes in `<dataDir>/tokens.json`. Read anew each time, so that a revoked token is dead at once. */
export interface TokenStore {
  /** The token of the operator, made when there is none; it is also kept in a file that only this user can read. */
  ensureOperator(): Promise<{ readonly token: string; readonly file: string }>;
  /** A new token; it is shown this once and cannot be read again. */
  issue(person: string): Promise<string>;
  /** Whose token this is. */
  identify(token: string): Promise<string | undefined>;
  /** Ends all tokens of a person; how many there were. */
  revoke(person: string): Promise<number>;
}

/** Where the operator's token is kept. */
export const operatorTokenFile = (dataDir: string): string => join(dataDir, 'operator-token');

export const operatorName = 'operator';

export function createTokens({ dataDir }: { readonly dataDir: string }): TokenStore {
  const file = join(dataDir, 'tokens.json');

  return {
    ensureOperator: () =>
      locked(async () => {
        const kept = operatorTokenFile(dataDir);
        const written = (await textOf(kept))?.trim();
        const tokens = await read(file);
        if (written !== undefined && holderOf(written, tokens) === operatorName) {
          await chmod(kept, 0o600);
          return { token: written, file: kept };
        }
        // A token whose file was lost may be in other hands: it ends here.
        const token = newToken();
        await write(file, [...tokens.filter(({ person }) => person !== operatorName), entry(operatorName, token)]);
        await replaceFile(kept, `${token}\n`);
        return { token, file: kept };
      }),

    issue: (person) =>
      locked(async () => {
        const token = newToken();
        await write(file, [...(await read(file)), entry(person, token)]);
        return token;
      }),

    identify: async (token) => (tokenPattern.test(token) ? holderOf(token, await read(file)) : undefined),

    revoke: (person) =>
      locked(async () => {
        const tokens = await read(file);
        const others = tokens.filter((kept) => kept.person !== person);
        await write(file, others);
        if (person === operatorName) await rm(operatorTokenFile(dataDir), { force: true });
        return tokens.length - others.length;
      }),
  };

  /** The front door and the command line may write at the same time. */
  async function locked<T>(work: () => Promise<T>): Promise<T> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const retries = { retries: 50, minTimeout: 20, maxTimeout: 200 };
    const release = await lock(dataDir, { lockfilePath: `${file}.lock`, retries });
    try {
      return await work();
    } finally {
      await release();
    }
  }
}

const tokenPattern = /^slw_[\w-]{43}$/;

const newToken = (): string => `slw_${randomBytes(32).toString('base64url')}`;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const keptTokens = z.array(
  z.object({ person: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), issuedAt: z.string() }),
);

interface KeptToken {
  readonly person: string;
  readonly sha256: string;
  readonly issuedAt: Instant;
}

const entry = (person: string, token: string): KeptToken => ({
  person,
  sha256: hashOf(token).toString('hex'),
  issuedAt: new Date().toISOString(),
});

/** Compares with every token kept, in constant time each, so that time tells nothing of how near a guess was. */
function holderOf(token: string, tokens: readonly KeptToken[]): string | undefined {
  const hash = hashOf(token);
  const matches = tokens.filter((kept) => timingSafeEqual(hash, Buffer.from(kept.sha256, 'hex')));
  return matches[0]?.person;
}

async function read(file: string): Promise<readonly KeptToken[]> {
  const text = await textOf(file);
  if (text === undefined) return [];
  try {
    return keptTokens.parse(JSON.parse(text));
  } catch {
    throw new Error(`${file} does not hold tokens; put it right, or remove it and issue all tokens again`);
  }
}

const write = (file: string, tokens: readonly KeptToken[]): Promise<void> =>
  replaceFile(file, `${JSON.stringify(tokens, undefined, 2)}\n`);

/** Whole or not at all. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
    throw fault;
  }
}
