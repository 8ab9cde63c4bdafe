import { stat } from 'node:fs/promises';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import type { Calendar } from '../../domain/calendar.js';
import { concerning } from '../../domain/decisions/calendar/judge-calendar.js';
import type { Calendars } from '../../ports/calendars.js';

/**
 * The calendars of `slipway.yml`, read again whenever the file has changed: a freeze that somebody writes down counts
 * without a restart. A file that makes no sense at the moment leaves standing what was read before.
 */
export function createCalendars({ config }: { readonly config: Config }): Calendars {
  let current = { print: '', config };
  return {
    async read({ service, environment }) {
      const print = await printOf(config.file);
      if (print !== undefined && print !== current.print) {
        const loaded = await loadConfig(config.file);
        current = { print, config: loaded.ok ? loaded.config : current.config };
      }
      const calendar = current.config.environments.find(({ name }) => name === environment)?.calendar;
      return concerning(calendar ?? always, service);
    },
  };
}

const always: Calendar = { windows: [], freezes: [], exceptions: [] };

/** Tells two states of a file apart; `undefined` where there is none. */
async function printOf(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return undefined;
  }
}
