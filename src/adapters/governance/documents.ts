import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratedDocument } from '../../domain/decisions/documents/documents.js';
import { isCode, replaceFile } from './durable-file.js';
import { openRepository } from './repository.js';
import { createWriterLock, writerLockPath } from './writer-lock.js';

/**
 * How a document stands against what its generated part should be. `broken`: its markers, or its bytes, are such that
 * nothing can be put into it; `line` counts from 1.
 */
export type DocumentStanding = { readonly path: string } & (
  | { readonly state: 'current' | 'stale' | 'missing' }
  | { readonly state: 'broken'; readonly line: number; readonly met: string; readonly wanted: string }
);

/** The documents of a governance repository, whose hand-written parts are left as they are. */
export interface Documents {
  /** Changes nothing, and needs no git. */
  look(documents: readonly GeneratedDocument[]): Promise<readonly DocumentStanding[]>;
  /** Renews and commits those that are not current. Answers how they stood before; with a broken one none is written. */
  renew(documents: readonly GeneratedDocument[]): Promise<readonly DocumentStanding[]>;
}

export function createDocuments({ directory }: { readonly directory: string }): Documents {
  const inTurn = createWriterLock(async () => writerLockPath((await openRepository(directory)).gitFolder));
  const look = (documents: readonly GeneratedDocument[]): Promise<readonly Looked[]> =>
    Promise.all(documents.map((document) => lookAt(directory, document)));
  return {
    look: async (documents) => (await look(documents)).map(({ standing }) => standing),
    renew: (documents) =>
      inTurn(async (stillHeld) => {
        const looked = await look(documents);
        const standings = looked.map(({ standing }) => standing);
        if (standings.some(({ state }) => state === 'broken')) return standings;
        for (const { standing, wanted } of looked) {
          stillHeld();
          if (standing.state !== 'current') await replaceFile(join(directory, standing.path), wanted);
        }
        await commit(directory, documents);
        return standings;
      }),
  };
}

/** Also of what was written and not committed, as by a crash in between. */
async function commit(directory: string, documents: readonly GeneratedDocument[]): Promise<void> {
  const repository = await openRepository(directory);
  const paths = await repository.uncommitted(documents.map(({ path }) => path));
  if (paths.length === 0) return;
  const message = `Documents made from the configuration: ${paths.join(', ')}\n`;
  await repository.commit({ paths, message, author: 'Slipway', at: new Date().toISOString() });
}

interface Looked {
  readonly standing: DocumentStanding;
  readonly wanted: string;
}

async function lookAt(directory: string, { path, renew }: GeneratedDocument): Promise<Looked> {
  const read = await bytesOf(join(directory, path));
  const text = read && decoded(read);
  if (read && text === undefined)
    return {
      standing: { path, state: 'broken', line: 1, met: 'bytes that are not UTF-8', wanted: 'text in UTF-8' },
      wanted: '',
    };
  const renewed = renew(text);
  if (renewed.kind === 'broken') {
    const { line, met, wanted } = renewed;
    return { standing: { path, state: 'broken', line, met, wanted }, wanted: '' };
  }
  const state = text === undefined ? 'missing' : renewed.text === text ? 'current' : 'stale';
  return { standing: { path, state }, wanted: renewed.text };
}

async function bytesOf(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (fault) {
    if (isCode(fault, 'ENOENT')) return undefined;
    throw fault;
  }
}

/** Every byte is kept: a byte order mark is part of the text, and what is not UTF-8 is none. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
