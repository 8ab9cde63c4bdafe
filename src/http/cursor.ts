import { createHash } from 'node:crypto';
import { DeskFault } from './desk.js';

/**
 * A page token of the engine, bound to the list it belongs to. The engine does not tell a token that is none from a
 * trouble of its own, and is asked again and again: so a cursor is known to be ours before it is asked.
 */
export const cursorOf = (token: Uint8Array, query: string): string =>
  Buffer.concat([markOf(token, query), token]).toString('base64url');

/** The engine's token in a cursor. Throws the desk's fault `cursor`. */
export function tokenIn(cursor: string, query: string): Uint8Array {
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(markLength);
  if (token.length > 0 && markOf(token, query).equals(bytes.subarray(0, markLength))) return token;
  throw new DeskFault('cursor', 'not a cursor of this list');
}

const markLength = 8;

const markOf = (token: Uint8Array, query: string): Buffer =>
  createHash('sha256').update(query).update('\0').update(token).digest().subarray(0, markLength);
