import { addressIn } from '../adapters/notify/customers.js';
import { verifyMail } from '../adapters/notify/mail.js';
import type { Config } from '../config/config.js';
import type { Settings } from '../settings.js';
import { type Finding, ill, said, well } from './findings.js';

/** Where people are told, and whether the mail server would take a notice; the webhook is not called, as that tells people. */
export async function notices({ webhook, mail }: Pick<Settings, 'webhook' | 'mail'>): Promise<readonly Finding[]> {
  const told = ['the log', ...(webhook === undefined ? [] : ['the webhook']), ...(mail?.to ?? [])].join(', ');
  const channels = well('notices', `go to ${told}`);
  if (!mail) return [channels];
  const what = `mail server ${new URL(mail.url).host}`;
  try {
    await verifyMail(mail.url);
    return [channels, well(what, 'answers and lets Slipway in')];
  } catch (fault) {
    return [
      channels,
      ill(what, said(fault), 'see that SLIPWAY_SMTP_URL names the server, its port, user and password'),
    ];
  }
}

/** Who of the approvers is sent the code that the Temporal UI takes; the others are shown theirs by `slipway code`. */
export function approvalCodes(config: Config, { mail }: Pick<Settings, 'mail'>): readonly Finding[] {
  const policies = config.environments.flatMap(({ approval, emergency }) => [approval, emergency?.approval]);
  const roles = new Set(policies.flatMap((policy) => (policy?.proof === 'code' ? policy.roles : [])));
  const approvers = Object.entries(config.people).filter(([, person]) => person.roles.some((role) => roles.has(role)));
  if (approvers.length === 0) return [];
  const names = (having: boolean): string =>
    approvers.flatMap(([name, person]) => ((person.mail !== undefined) === having ? [name] : [])).join(', ');
  const [reached, others] = [names(true), names(false)];
  const what = 'approval codes';
  const shown = others === '' ? '' : `; no mail is known of ${others}: slipway code shows theirs`;
  if (reached === '') return [well(what, `are shown by slipway code alone: no mail is known of ${others}`)];
  if (mail) return [well(what, `are mailed to ${reached}${shown}`)];
  const todo = 'set SLIPWAY_SMTP_URL, SLIPWAY_SMTP_FROM and SLIPWAY_SMTP_TO where Slipway starts';
  return [ill(what, `cannot be mailed to ${reached}: no mail server is set${shown}`, todo)];
}

/** Whether each environment that tells its customers knows where; the webhook is not called, as that tells them. */
export async function customers({ environments }: Config, variables: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const found = environments.map(async ({ name, calendar }): Promise<readonly Finding[]> => {
    if (!calendar?.customers) return [];
    const what = `customers of ${name}`;
    try {
      return [well(what, `are told at ${new URL(await addressIn(calendar.customers, variables)).host}`)];
    } catch (fault) {
      return [ill(what, said(fault), 'nothing begins there before they were told: set it where the workers start')];
    }
  });
  return (await Promise.all(found)).flat();
}
