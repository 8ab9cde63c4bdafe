import type { Logger } from 'pino';
import { type Milliseconds, seconds } from '../../domain/duration.js';
import type { Notifier } from '../../ports/notifier.js';

/** How long a channel may take to answer. */
const patience: Milliseconds = seconds(5);

/**
 * Tells the log, and the webhook where there is one: `POST {"text": …}`, as Slack, Mattermost and Teams take it, with the
 * notice's key as `Idempotency-Key`. The address is a secret, and is in no message.
 */
export function createNotifier(of: { readonly logger: Logger; readonly webhook?: string }): Notifier {
  const { logger, webhook } = of;
  return {
    async tell({ key, text }) {
      logger.warn({ notice: key }, text);
      if (webhook === undefined) return;
      const answer = await fetch(webhook, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(patience),
      }).catch((fault: unknown) => {
        throw new Error(`the webhook of notices does not answer: ${fault instanceof Error ? fault.name : 'fault'}`);
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the webhook of notices answered ${answer.status}`);
    },
  };
}
