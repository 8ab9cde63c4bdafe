import type { Config } from '../../config/config.js';
import type { MailSettings } from '../../mail-settings.js';
import type { PersonalMail } from '../../ports/notifier.js';
import { createMailChannel } from './mail.js';

/** Tells each of the people at the address that `slipway.yml` gives; nobody where no mail server is set. */
export function createPersonalMail(of: {
  readonly config: Pick<Config, 'people'>;
  readonly mail?: Pick<MailSettings, 'url' | 'from'> | undefined;
}): PersonalMail {
  const { config, mail } = of;
  return {
    async tell(person, notice) {
      const to = Object.hasOwn(config.people, person) ? config.people[person]?.mail : undefined;
      if (!mail || to === undefined) return 'no address';
      await createMailChannel({ ...mail, to }).tell(notice);
      return 'taken';
    },
  };
}
