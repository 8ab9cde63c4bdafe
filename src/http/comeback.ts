import { randomUUID } from 'node:crypto';
import { roster, stageOrders } from '../config/orders.js';
import type { Person } from '../domain/environment.js';
import type { ComebackAsk } from '../domain/service.js';
import { knownService } from './asking.js';
import type { DoorParts } from './door.js';

/** What the mailbox is asked when a former version is to come back: what comes back is for the mailbox to say. */
export function comebackOf(
  { config, clock }: Pick<DoorParts, 'config' | 'clock'>,
  ask: {
    readonly service: string;
    readonly of: string;
    readonly person: Person;
    readonly reason: string;
    readonly environment?: string;
    readonly key?: string;
  },
): ComebackAsk {
  const { service, of, person, reason, environment, key = randomUUID() } = ask;
  const { whenBusy } = knownService(service, config, '/service');
  return {
    of,
    reason,
    key: `${of}/${person.person}/${key}`,
    ...(environment !== undefined && { environment }),
    request: {
      service,
      version: '',
      commit: '',
      description: '',
      requester: person,
      requestedAt: clock(),
      profile: config.profile,
      roster: roster(config),
      stages: stageOrders(config, knownService(service, config, '/service')),
      whenBusy,
    },
  };
}
