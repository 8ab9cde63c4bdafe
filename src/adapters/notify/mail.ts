import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Transporter } from 'nodemailer';
import type { MailSettings } from '../../mail-settings.js';
import type { Notice, Notifier } from '../../ports/notifier.js';
import { patience } from './patience.js';

/**
 * Tells one person by SMTP. The `Message-ID` is made of the notice's key, so that a mailbox knows the second copy of a
 * mail whose acknowledgement was lost. Throws where the server does not take it, with its code and without its words,
 * which may quote what was sent.
 */
export function createMailChannel(of: Pick<MailSettings, 'url' | 'from'> & { readonly to: string }): Notifier {
  const transport = transportTo(of.url);
  return {
    async tell(notice) {
      try {
        await transport.sendMail({ from: of.from, to: of.to, ...mailOf(notice) });
      } catch (fault) {
        throw new Error(`the mail server did not take the notice: ${codeOf(fault)}`, { cause: undefined });
      }
    },
  };
}

/** Connects, secures the connection, logs in and leaves: what sending would need. Throws with the server's code. */
export async function verifyMail(url: string): Promise<void> {
  const transport = transportTo(url);
  try {
    await transport.verify();
  } catch (fault) {
    throw new Error(`the mail server does not answer as it should: ${codeOf(fault)}`, { cause: undefined });
  } finally {
    transport.close();
  }
}

function transportTo(url: string): Transporter {
  const { username, hostname, protocol } = new URL(url);
  // A password crosses a network only under TLS; on this machine there may be none.
  const guarded = username !== '' && protocol === 'smtp:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return createTransport({
    url,
    requireTLS: guarded,
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function mailOf({ key, text }: Notice) {
  const [first = ''] = text.split('\n');
  const named = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return {
    subject: `[slipway] ${first.length <= 120 ? first : `${first.slice(0, 119)}…`}`,
    text: `${text}\n`,
    messageId: `<${named}@notices.slipway.invalid>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Slipway-Notice': encodeURI(key) },
  };
}

/** `EAUTH 535`, `ECONNECTION`: nothing that names an address. */
function codeOf(fault: unknown): string {
  const { code, responseCode } = fault as { readonly code?: unknown; readonly responseCode?: unknown };
  const said = [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number');
  return said.length === 0 ? 'no code' : said.join(' ');
}
