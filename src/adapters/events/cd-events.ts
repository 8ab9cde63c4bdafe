import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Milliseconds } from '../../domain/duration.js';
import type { CdEvents } from '../../ports/cd-events.js';
import type { Settings } from '../../settings.js';
import { createCourier } from './courier.js';
import { type CdEvent, envelope } from './envelope.js';
import { createEventFile } from './event-file.js';

/** How many events are kept in memory while the file cannot be written. */
const kept = 1_000;

/**
 * Adds events to `cdevents.jsonl` in the data folder, and has them carried to the webhook where there is one. What a
 * former process left uncarried is taken up at once. A file that cannot be written is a line in the log: the events are
 * kept and added with the next ones.
 */
export function openCdEvents(
  of: Pick<Settings, 'dataDir' | 'cdEventsWebhook' | 'cdEventsSource'> & {
    readonly logger: Pick<Logger, 'warn' | 'error'>;
    readonly firstPause?: Milliseconds;
  },
): CdEvents & { close(): Promise<void> } {
  const { dataDir, cdEventsWebhook: webhook, cdEventsSource: source, logger, ...pausing } = of;
  const path = join(dataDir, 'cdevents.jsonl');
  const file = createEventFile(path);
  const courier = webhook === undefined ? undefined : createCourier({ file: path, webhook, logger, ...pausing });
  let waiting: readonly CdEvent[] = [];
  courier?.nudge();
  return {
    async take(told) {
      waiting = [...waiting, ...told.map((one) => envelope(one, source))];
      const now = waiting;
      try {
        await file.add(now);
        waiting = waiting.filter((event) => !now.includes(event));
      } catch (fault) {
        waiting = waiting.slice(-kept);
        logger.error({ err: fault }, `${waiting.length} CDEvents could not be written; they are kept in memory`);
      }
      courier?.nudge();
    },
    close: async () => courier?.close(),
  };
}
