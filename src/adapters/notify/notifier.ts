import type { Logger } from 'pino';
import type { Notifier } from '../../ports/notifier.js';
import type { Settings } from '../../settings.js';
import { createLogChannel } from './log.js';
import { createMailChannel } from './mail.js';
import { createNotifier, type Channel } from './tell-all.js';
import { createWebhookChannel } from './webhook.js';

/** The channels that the settings name: the log always, a webhook, and each mail address as a channel of its own. */
export function notifierOf(of: Pick<Settings, 'webhook' | 'mail'> & { readonly logger: Logger }): Notifier {
  const { logger, webhook, mail } = of;
  const channels: Channel[] = [{ name: 'the log', channel: createLogChannel(logger) }];
  if (webhook !== undefined) channels.push({ name: 'the webhook', channel: createWebhookChannel(webhook) });
  const mails = mail?.to.map((to) => ({ name: `mail to ${to}`, channel: createMailChannel({ ...mail, to }) })) ?? [];
  return createNotifier([...channels, ...mails]);
}
