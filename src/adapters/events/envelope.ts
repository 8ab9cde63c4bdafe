import { createHash } from 'node:crypto';
import type { Told } from '../../domain/decisions/records/cd-events.js';

/** A CDEvent 0.5.0 in its CloudEvents 1.0 envelope, as the binding of CDEvents to CloudEvents lays down. */
export type CdEvent = ReturnType<typeof envelope>;

/** The envelope of what is told. `id` and `chainId` are made of what happened: told again, they are the same. */
export function envelope({ key, changeId, type, at, subject, content }: Told, source: string) {
  const id = uuidOf([source, changeId, type, key]);
  return {
    specversion: '1.0',
    id,
    source,
    type,
    subject,
    time: at,
    datacontenttype: 'application/json',
    data: {
      context: { specversion: '0.5.0', id, source, type, timestamp: at, chainId: uuidOf([source, changeId]) },
      subject: { id: subject, source, content },
    },
  } as const;
}

/** A UUID of version 8 (RFC 9562: of the maker's own making) out of these words. */
function uuidOf(words: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
