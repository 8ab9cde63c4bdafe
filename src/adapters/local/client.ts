import { z } from 'zod';
import type { Config } from '../../config/config.js';
import type { Place } from '../../domain/environment.js';
import { Refused, failureCodes } from '../../domain/failure.js';
import { authorization, ensureHost } from './ensure-host.js';
import { settingsOf } from './protocol.js';
import type { Order, PlaceView } from './protocol.js';

/** Where the hosts keep what they know, and what the configuration says of services and environments. */
export interface LocalPlatform {
  /** Absolute. */
  readonly dataDir: string;
  readonly config: Pick<Config, 'services' | 'environments'>;
}

/** Asks the host of a place; returns when what is asked for has come about. */
export type AskHost = (place: Place, ask: Order['ask']) => Promise<PlaceView>;

const attempts = 4;
/** The host says after 15 s that it is still at work. */
const answerWithin = 40_000;

/** Reaches hosts, and starts those that do not run: an order has a key, so that one cut off is simply given again. */
export function createAskHost({ dataDir, config }: LocalPlatform): AskHost {
  return async (place, ask) => {
    const order: Order = { settings: settingsOf(config, place), ask };
    for (let lost = 0; ;) {
      const answer = await giveOrder({ dataDir, environment: place.environment }, order);
      if (answer.kind === 'done') return answer.view;
      if (answer.kind === 'lost' && ++lost >= attempts)
        throw new Error(`the host of ${place.environment} cannot be reached`, { cause: answer.error });
    }
  };
}

type Answer =
  | { readonly kind: 'done'; readonly view: PlaceView }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'lost'; readonly error: unknown };

async function giveOrder(
  name: { readonly dataDir: string; readonly environment: string },
  order: Order,
): Promise<Answer> {
  const handle = await ensureHost(name);
  let response;
  let body: unknown;
  try {
    response = await fetch(`${handle.url}/orders`, {
      method: 'POST',
      headers: { ...authorization(handle), 'content-type': 'application/json' },
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(answerWithin),
    });
    body = await response.json();
  } catch (error) {
    return { kind: 'lost', error };
  }
  if (response.status === 200 && view.safeParse(body).success) return { kind: 'done', view: body as PlaceView };
  if (response.status === 202) return { kind: 'under-way' };
  if (response.status === 401) return { kind: 'lost', error: 'the token was of an earlier host' };
  const refusal = refused.safeParse(body);
  if (response.status === 409 && refusal.success) throw new Refused(refusal.data.code, refusal.data.detail);
  const [met, wanted] = [JSON.stringify(body).slice(0, 500), `the state of ${order.settings.service}`];
  throw new Error(`the host of ${name.environment} answered ${response.status}: ${met}; wanted ${wanted}`);
}

const refused = z.object({ code: z.enum(failureCodes), detail: z.string() });
/** What a place cannot be without: an answer of somebody in between has none of it. */
const view = z.object({
  fleet: z.object({ generation: z.number() }),
  traffic: z.object({ share: z.number() }),
  sample: z.object({}),
});
