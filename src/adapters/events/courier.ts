import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Milliseconds, minutes, seconds } from '../../domain/duration.js';
import { replaceFile } from '../governance/durable-file.js';
import { codeOf, guardedFetch } from '../guarded-fetch.js';
import { linesFrom } from './event-file.js';

/** Carries events to a webhook, in order, each until it is taken. */
export interface Courier {
  /** There may be something new to carry. */
  nudge(): void;
  /** Ends when the post under way has been answered. */
  close(): Promise<void>;
}

/** Answers that say: this event is malformed, and will be whenever it comes. */
const malformed = [400, 413, 415, 422];

/** Posts each line of `file` to `webhook`, and keeps in `<file>.sent` how many bytes of it were taken. */
export function createCourier(of: {
  readonly file: string;
  readonly webhook: string;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Between two tries, twice as long each time up to a minute. */
  readonly firstPause?: Milliseconds;
}): Courier {
  const { file, webhook, logger, firstPause = seconds(1) } = of;
  const closing = new AbortController();
  const deliver = async (line: string): Promise<void> => {
    for (let wait = firstPause; !closing.signal.aborted; wait = Math.min(wait * 2, minutes(1))) {
      const fault = await post(webhook, line);
      if (fault === undefined) return;
      if (malformed.some((status) => fault.endsWith(` ${status}`))) {
        logger.error(`${fault}: passed over`);
        return;
      }
      logger.warn(`${fault}: tried again in ${wait} ms`);
      await pause(wait, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
    }
  };
  const carry = async (): Promise<void> => {
    const { lines, start } = await linesFrom(file, await sentOf(file));
    let sent = start;
    for (const line of lines) {
      await deliver(line);
      if (closing.signal.aborted) return;
      sent += Buffer.byteLength(line) + 1;
      await replaceFile(`${file}.sent`, String(sent));
    }
  };
  let carrying = Promise.resolve();
  return {
    nudge: () => {
      carrying = carrying
        .then(carry)
        .catch((fault: unknown) => logger.error({ err: fault }, 'CDEvents were not carried'));
    },
    close: async () => {
      closing.abort();
      await carrying;
    },
  };
}

/** Posts in structured mode. Answers what went wrong, without the address, which is a secret. */
async function post(webhook: string, line: string): Promise<string | undefined> {
  try {
    const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
    const signal = AbortSignal.timeout(seconds(10));
    const answer = await guardedFetch(webhook, { method: 'POST', headers, body: line, signal });
    await answer.body?.cancel();
    return answer.ok ? undefined : `the webhook of CDEvents answered ${answer.status}`;
  } catch (fault) {
    return `the webhook of CDEvents does not answer (${codeOf(fault)})`;
  }
}

/** Nothing was sent where the note is missing or cannot be read: listeners know an event by its id. */
async function sentOf(file: string): Promise<number> {
  const text = await readFile(`${file}.sent`, 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? Number(text) : 0;
}
