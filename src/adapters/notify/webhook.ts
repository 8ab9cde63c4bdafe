import type { Notifier } from '../../ports/notifier.js';
import { codeOf, guardedFetch } from '../guarded-fetch.js';
import { patience } from './patience.js';

/**
 * Tells a webhook: `POST {"text": …}`, as Slack, Mattermost and Teams take it, with the notice's key as
 * `Idempotency-Key`. The address is a secret, and is in no message.
 */
export function createWebhookChannel(address: string): Notifier {
  return {
    async tell({ key, text }) {
      const answer = await guardedFetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': encodeURI(key) },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(patience),
      }).catch((fault: unknown) => {
        throw new Error(`the webhook of notices does not answer: ${codeOf(fault)}`);
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the webhook of notices answered ${answer.status}`);
    },
  };
}
