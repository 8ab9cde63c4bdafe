import { createHmac, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CodeSubject } from '../../domain/approval.js';
import type { ApprovalCodes } from '../../ports/approval-codes.js';
import { ownKey } from './own-key.js';

/** Codes are made from a key of this Slipway, `<dataDir>/approval-codes.key`, which only its own user can read; none is kept. */
export function createApprovalCodes({ dataDir }: { readonly dataDir: string }): ApprovalCodes {
  let key: Promise<Buffer> | undefined;
  const codeFor = async (subject: CodeSubject): Promise<string> => {
    key ??= ownKey(dataDir, 'approval-codes');
    return codeOf(subject, await key);
  };
  return {
    codeFor,
    isCodeFor: async (subject, typed) => same(await codeFor(subject), typed),
  };
}

/** 60 bits as four groups of three letters and digits, without those that look alike (Crockford's base 32). */
export function codeOf(subject: CodeSubject, key: Uint8Array): string {
  const print = createHmac('sha256', key)
    .update(canonicalize(subject) ?? '')
    .digest();
  const letters = Array.from({ length: 12 }, (_, i) => alphabet[(print[i] ?? 0) % 32]).join('');
  return letters.replace(/(...)(?=.)/g, '$1-');
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** As people type: small letters, spaces in the place of dashes, O for 0, I and L for 1. */
const asMade = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .replace(/[^0-9A-Z]/g, '')
    .slice(0, 64);

function same(code: string, typed: string): boolean {
  const [wanted, met] = [asMade(code), asMade(typed).padEnd(12)];
  const digest = (text: string): Buffer => createHmac('sha256', 'compared').update(text).digest();
  return timingSafeEqual(digest(wanted), digest(met));
}
