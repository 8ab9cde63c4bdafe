import { mkdir, readdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Order, ServiceSettings } from '../protocol.js';
import type { Desk } from './admin.js';
import { createCounters } from './counters.js';
import { keepNewest } from './files.js';
import type { Quarters } from './launch.js';
import { openLedger } from './ledger.js';
import { createPlace } from './place.js';
import type { Place } from './place.js';
import { readPlace } from './state.js';

/** All places of one environment, run by one process. */
export interface Host extends Omit<Desk, 'shutDown'> {
  /** Proxies accept nothing more and let go; the instances go on. */
  readonly close: () => Promise<void>;
  /** Ends every instance in order. */
  readonly endInstances: () => Promise<void>;
}

/** Of instances, those gone included. */
const logsKept = 500;

/** Opens the host of a folder: what it ran before runs again when this returns. */
export async function openHost(of: {
  readonly quarters: Quarters;
  readonly self: Self;
  readonly log: Logger;
}): Promise<Host> {
  const { quarters, self, log } = of;
  const { folder, environment } = quarters;
  for (const name of ['places', 'instances', 'logs'])
    await mkdir(`${folder}/${name}`, { recursive: true, mode: 0o700 });
  await keepNewest(`${folder}/logs`, logsKept);
  const places = new Map<string, Promise<Place>>();
  const begun: Place[] = [];
  const ports = new Set<number>();
  const ledger = await openLedger(`${folder}/ledger.jsonl`);
  const counters = createCounters({ environment, levels: () => begun.map((place) => place.levels()) });

  const openPlace = async (service: string, settings?: ServiceSettings): Promise<Place> => {
    const path = `${folder}/places/${service}.json`;
    const saved = await readPlace(path);
    const known = settings ?? saved?.settings;
    if (!known) throw new Error(`${path} is gone`);
    const place = createPlace({
      path,
      settings: known,
      quarters,
      ports,
      ledger,
      counters,
      log,
      ...(saved && { saved }),
    });
    await place.begin();
    begun.push(place);
    return place;
  };

  const placeOf = async (settings: ServiceSettings): Promise<Place> => {
    const { service } = settings;
    const opening = places.get(service) ?? openPlace(service, settings);
    places.set(service, opening);
    try {
      return await opening;
    } catch (error) {
      places.delete(service);
      throw error;
    }
  };

  const services = (await readdir(`${folder}/places`))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -5));
  for (const service of services) places.set(service, openPlace(service));
  const opened = await Promise.allSettled(places.values());
  for (const [at, { status, ...rest }] of opened.entries())
    if (status === 'rejected') log.error({ service: services[at], ...rest }, 'a place could not be opened');

  return {
    carryOut: async ({ settings, ask }: Order) => {
      const place = await placeOf(settings);
      await place.learn(settings);
      if (ask.kind !== 'look') await place.order(ask);
      return place.view();
    },
    report: () => ({ environment, ...self, places: begun.map((place) => place.report()) }),
    exposition: counters.exposition,
    close: async () => {
      await Promise.all(begun.map((place) => place.close()));
    },
    endInstances: async () => {
      await Promise.allSettled(begun.map((place) => place.endInstances()));
    },
  };
}

export interface Self {
  readonly pid: number;
  readonly startedAt: string;
}
