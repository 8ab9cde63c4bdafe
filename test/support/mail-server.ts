import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** A mail server on a port of its own. `mails` are as they came, headers and all; a recipient in `unknown` is refused. */
export interface MailServer {
  readonly port: number;
  readonly mails: readonly { readonly from: string; readonly to: readonly string[]; readonly raw: string }[];
  readonly unknown: Set<string>;
  close(): Promise<void>;
}

/** Takes any mail. With `password` it wants user `slipway` to log in with it. */
export async function openMailServer(of: { readonly password?: string } = {}): Promise<MailServer> {
  const mails: { from: string; to: readonly string[]; raw: string }[] = [];
  const unknown = new Set<string>();
  const options: SMTPServerOptions = {
    disabledCommands: of.password === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    authOptional: of.password === undefined,
    onAuth: ({ username, password }, _session, answer) => {
      const known = username === 'slipway' && password === of.password;
      if (known) answer(null, { user: 'slipway' });
      else answer(new Error(`Invalid login: ${password ?? ''}`));
    },
    onRcptTo: ({ address }, _session, answer) =>
      answer(unknown.has(address) ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
    onData: (stream, { envelope }, answer) => {
      const { mailFrom, rcptTo } = envelope;
      const from = mailFrom === false ? '' : mailFrom.address;
      void text(stream).then((raw) => {
        mails.push({ from, to: rcptTo.map(({ address }) => address), raw });
        answer();
      });
    },
  };
  const server = new SMTPServer(options);
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    unknown,
    close: () => new Promise((done) => server.close(done)),
  };
}
