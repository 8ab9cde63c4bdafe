import type { Request } from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { type Instant, seconds } from '../domain/duration.js';
import { Problem } from './problems.js';

/**
 * Who signed a webhook, and when (Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`, HMAC-SHA256 over
 * the body, five minutes either way). Several secrets, while one is replaced by another. Throws a problem where nobody has.
 */
export function signedBy(ask: {
  readonly bytes: Uint8Array;
  readonly request: Pick<Request, 'get'>;
  readonly secrets: readonly string[];
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
  throw new Problem(
    'not-let-in',
    `the signature does not hold: ${[...new Set(faults)].join('; ')}. Wanted webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks)`,
  );
}

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
