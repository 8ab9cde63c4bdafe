import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from './eventually.js';

/** Who takes what people are told, as Slack would. */
export interface NoticeTaker {
  /** For `slipway start`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Waits until something was told that says this. */
  told(says: RegExp): Promise<string>;
  close(): void;
}

export async function takeNotices(): Promise<NoticeTaker> {
  const notices: string[] = [];
  const webhook = createServer((request, response) => {
    void text(request).then((body) => {
      notices.push((JSON.parse(body) as { text: string }).text);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  const { port } = webhook.address() as AddressInfo;
  return {
    variables: { SLIPWAY_WEBHOOK: `http://127.0.0.1:${port}/hook` },
    told: (says) => eventually(String(says), () => notices.find((notice) => says.test(notice))),
    close: () => void webhook.close(),
  };
}
