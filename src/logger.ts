import { destination as openDestination, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from './settings.js';

/**
 * A log of JSON lines with UTC times, to stderr, a file or a stream. What is under the name of a secret, down to four
 * levels, and every bearer token is left out.
 */
export function createLogger(options: {
  /** Who speaks: `engine`, `front-door`. */
  readonly name: string;
  readonly level: LogLevel;
  /** A file path, its folder made when missing, or a stream. */
  readonly destination?: string | DestinationStream;
}): Logger {
  const { name, level, destination } = options;
  const stream = typeof destination === 'object' ? destination : openTo(destination);
  return pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: hidden },
      hooks: { streamWrite: (line) => line.replace(/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${hidden}`) },
    },
    stream,
  );
}

const hidden = '[hidden]';

const secretNames = ['authorization', 'Authorization', 'cookie', 'set-cookie', 'token', 'apiKey', 'password', 'secret'];

const secretPaths = secretNames.flatMap((name) =>
  ['', '*.', '*.*.', '*.*.*.'].map((above) => {
    if (!name.includes('-')) return `${above}${name}`;
    return `${above.replace(/\.$/, '')}["${name}"]`;
  }),
);

// Written at once, so that the last line before a crash is there.
const openTo = (file: string | undefined) =>
  openDestination({ dest: file ?? 2, sync: true, mkdir: file !== undefined });
