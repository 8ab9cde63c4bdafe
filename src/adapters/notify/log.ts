import type { Logger } from 'pino';
import type { Notifier } from '../../ports/notifier.js';

/** Tells the log, as a warning that bears the notice's key. */
export function createLogChannel(logger: Pick<Logger, 'warn'>): Notifier {
  return {
    tell({ key, text }) {
      logger.warn({ notice: key }, text);
      return Promise.resolve();
    },
  };
}
