import { createHash } from 'node:crypto';

/** The hash a script is known by: over its lines, so that a checkout with other line ends is the same script. */
export const scriptHash = (text: string): string =>
  `sha256:${createHash('sha256')
    .update(`${text.replace(/\r\n?/g, '\n').trimEnd()}\n`)
    .digest('hex')}`;
