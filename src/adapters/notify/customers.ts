import type { Config, SecretReference } from '../../config/config.js';
import type { Customers } from '../../ports/notifier.js';
import { secretOf, type Variables, whereSecret } from '../secret.js';
import { createWebhookChannel } from './webhook.js';

/** Tells customers by the webhook of each environment, whose address is read when it is needed. */
export function createCustomers(of: {
  readonly config: Pick<Config, 'environments'>;
  readonly variables: Variables;
}): Customers {
  return {
    async tell(environment, notice) {
      const webhook = of.config.environments.find(({ name }) => name === environment)?.calendar?.customers;
      if (!webhook) throw new Error(`environments.${environment}.customers says nothing in slipway.yml`);
      await createWebhookChannel(await addressIn(webhook, of.variables)).tell(notice);
    },
  };
}

/** Where customers are told. Throws in words that name the reference and hold nothing of what it leads to. */
export async function addressIn(webhook: SecretReference, variables: Variables): Promise<string> {
  const address = await secretOf(webhook, variables);
  if (address !== undefined && /^https?:/.test(address) && URL.canParse(address)) return address;
  throw new Error(
    `${whereSecret(webhook)}: met ${address ? 'something else' : 'nothing'}; wanted an address, https://…`,
  );
}
