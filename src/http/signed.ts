import type { Request } from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { type Instant, minutes, seconds, spoken } from '../domain/duration.js';
import { Problem } from './problems.js';

/**
 * Who signed a webhook, and when (Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`, HMAC-SHA256 over
 * the body, five minutes either way). Several secrets, while one is replaced by another. Throws a problem where nobody has.
 */
export function signedBy(ask: {
  readonly bytes: Uint8Array;
  readonly request: Pick<Request, 'get'>;
  readonly secrets: readonly string[];
  /** Told where what came was signed in another hour: a refusal by a wrong clock would keep alerts out unseen. */
  readonly alarm: (text: string) => void;
}): { readonly by: string; readonly at: Instant } {
  const { bytes, request, secrets } = ask;
  if (secrets.length === 0)
    throw new Problem('not-let-in', 'no webhook may be signed here: alerts.webhook in slipway.yml says nothing');
  const headers = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, request.get(name) ?? '']),
  );
  const body = Buffer.from(bytes).toString('utf8');
  const faults = secrets.map((secret) => whyNotSigned(new Webhook(secret), body, headers));
  if (faults.includes(undefined))
    return { by: 'a signed webhook', at: new Date(seconds(Number(headers['webhook-timestamp']))).toISOString() };
  const apart = clocksApart(headers['webhook-timestamp'] ?? '');
  if (apart !== '') ask.alarm(`a webhook is refused${apart}`);
  throw new Problem(
    'not-let-in',
    `the signature does not hold: ${[...new Set(faults)].join('; ')}${apart}. Wanted webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks)`,
  );
}

/** What is signed in another hour is refused; that may be the clock of either, which somebody should know. */
function clocksApart(timestamp: string): string {
  const apart = Date.now() - seconds(Number(timestamp));
  if (timestamp === '' || !(Math.abs(apart) > good)) return '';
  const when = apart > 0 ? 'ago' : 'from now';
  return ` (signed ${spoken(Math.abs(apart))} ${when} by the clock of this front door: it was held back, or one of the clocks is wrong; slipway doctor looks at this one)`;
}

/** Standard Webhooks: five minutes, either way. */
const good = minutes(5);

/** In the words of the library; nothing where the signature holds. */
function whyNotSigned(webhook: Webhook, body: string, headers: Record<string, string>): string | undefined {
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return undefined;
  } catch (fault) {
    if (fault instanceof WebhookVerificationError) return fault.message;
    throw fault;
  }
}
