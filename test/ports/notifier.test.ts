import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { createMemoryNotifier } from '../../src/adapters/memory/notifier.js';
import { createLogChannel } from '../../src/adapters/notify/log.js';
import { createMailChannel, verifyMail } from '../../src/adapters/notify/mail.js';
import { notifierOf } from '../../src/adapters/notify/notifier.js';
import { createNotifier } from '../../src/adapters/notify/tell-all.js';
import { createWebhookChannel } from '../../src/adapters/notify/webhook.js';
import { createLogger } from '../../src/logger.js';
import type { Notice } from '../../src/ports/notifier.js';
import { openMailServer } from '../support/mail-server.js';
import { readMail } from '../support/read-mail.js';
import { notifierSuite } from './notifier-suite.js';

notifierSuite('in memory', () => {
  const channel = createMemoryNotifier();
  const breaks = (broken: boolean): void => void (channel.broken = broken);
  return Promise.resolve({ channel, told: () => channel.told, breaks, secrets: [], close: () => Promise.resolve() });
});

notifierSuite('the log', () => {
  const { logger, told } = aLog();
  return Promise.resolve({ channel: createLogChannel(logger), told, secrets: [], close: () => Promise.resolve() });
});

notifierSuite('a webhook', async () => {
  const { address, told, breaks, close } = await aWebhook();
  return { channel: createWebhookChannel(address), told, breaks, secrets: ['T0K3N', '127.0.0.1'], close };
});

notifierSuite('mail', async () => {
  const server = await openMailServer({ password: 's3cr3t' });
  const url = `smtp://slipway:s3cr3t@127.0.0.1:${server.port}`;
  const to = 'on-call@example.org';
  return {
    channel: createMailChannel({ url, from: 'slipway@example.org', to }),
    told: () => server.mails.map(({ raw }) => readMail(raw)),
    breaks: (broken) => (broken ? server.unknown.add(to) : server.unknown.delete(to)),
    secrets: ['s3cr3t', '127.0.0.1'],
    close: () => server.close(),
  };
});

notifierSuite('all of them', async () => {
  const webhook = await aWebhook();
  const { logger } = aLog();
  const { told, breaks, close } = webhook;
  return { channel: notifierOf({ logger, webhook: webhook.address }), told, breaks, secrets: ['T0K3N'], close };
});

describe('several channels', () => {
  const notice: Notice = { key: 'a', text: 'shop is stuck' };

  it('one that fails keeps no other from being told, and a repetition reaches only the one that failed', async () => {
    const [one, two, three] = [createMemoryNotifier(), createMemoryNotifier(), createMemoryNotifier()];
    const all = createNotifier([
      { name: 'one', channel: one },
      { name: 'two', channel: two },
      { name: 'three', channel: three },
    ]);
    two.broken = true;
    await assert.rejects(all.tell(notice), /^Error: not told by two: the channel is down$/);
    assert.deepEqual([one.told.length, two.told.length, three.told.length], [1, 0, 1]);
    two.broken = false;
    await Promise.all([all.tell(notice), all.tell(notice)]);
    await all.tell(notice);
    assert.deepEqual([one.told.length, two.told.length, three.told.length], [1, 1, 1]);
  });

  it('what was told is forgotten, oldest first, after a thousand', async () => {
    const channel = createMemoryNotifier();
    const all = createNotifier([{ name: 'one', channel }]);
    for (let n = 0; n <= 1_000; n++) await all.tell({ key: String(n), text: '' });
    await all.tell({ key: '1', text: '' });
    assert.equal(channel.told.length, 1_001);
    await all.tell({ key: '0', text: '' });
    assert.equal(channel.told.length, 1_002);
  });

  it('each mail address is one: an unknown mailbox keeps no other address from being told', async () => {
    const server = await openMailServer();
    try {
      const { logger } = aLog();
      const to = ['gone@example.org', 'on-call@example.org'];
      const mail = { url: `smtp://127.0.0.1:${server.port}`, from: 'slipway@example.org', to };
      const all = notifierOf({ logger, mail });
      server.unknown.add('gone@example.org');
      const fault = /not told by mail to gone@example\.org: the mail server did not take the notice: EENVELOPE 550$/;
      await assert.rejects(all.tell(notice), fault);
      await assert.rejects(all.tell(notice), fault);
      assert.deepEqual(
        server.mails.map((met) => met.to),
        [['on-call@example.org']],
      );
    } finally {
      await server.close();
    }
  });
});

describe('a mail', () => {
  it('has sender, recipient, the first line as subject, and for one key always one Message-ID', async () => {
    const server = await openMailServer();
    try {
      const from = 'slipway@example.org';
      const ask = { url: `smtp://127.0.0.1:${server.port}`, from, to: 'on-call@example.org' };
      const notice = { key: 'k', text: 'shop is stuck\nslipway retry shop' };
      for (let n = 0; n < 2; n++) await createMailChannel(ask).tell(notice);
      const [first = '', second = ''] = server.mails.map(({ raw }) => raw);
      assert.match(first, /^Subject: \[slipway\] shop is stuck\r$/m);
      assert.match(first, /^From: slipway@example\.org\r$/m);
      assert.match(first, /^To: on-call@example\.org\r$/m);
      assert.match(first, /^Auto-Submitted: auto-generated\r$/m);
      const id = /^Message-ID: <[0-9a-f]{32}@notices\.slipway\.invalid>\r$/im;
      assert.equal(id.exec(first)?.[0], id.exec(second)?.[0]);
      assert.match(first, id);
    } finally {
      await server.close();
    }
  });

  it('would be taken, says the server, or why not', async () => {
    const server = await openMailServer({ password: 's3cr3t' });
    const at = (password: string): string => `smtp://slipway:${password}@127.0.0.1:${server.port}`;
    await verifyMail(at('s3cr3t'));
    await assert.rejects(verifyMail(at('w0rd')), /^Error: the mail server does not answer as it should: EAUTH 535$/);
    await server.close();
    await assert.rejects(verifyMail(at('s3cr3t')), /as it should: E[A-Z]+$/);
    assert.deepEqual(server.mails, []);
  });

  it('carries no password over a network without TLS', async () => {
    const server = await openMailServer({ password: 's3cr3t' });
    try {
      const url = `smtp://slipway:s3cr3t@0.0.0.0:${server.port}`;
      const channel = createMailChannel({ url, from: 'slipway@example.org', to: 'on-call@example.org' });
      await assert.rejects(channel.tell({ key: 'a', text: 'a' }), /did not take the notice: ETLS/);
      assert.deepEqual(server.mails, []);
    } finally {
      await server.close();
    }
  });
});

function aLog() {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } });
  const told = (): readonly Notice[] =>
    lines.map((line) => {
      const { notice, msg } = JSON.parse(line) as { notice: string; msg: string };
      return { key: notice, text: msg };
    });
  return { logger, told };
}

async function aWebhook() {
  const notices: Notice[] = [];
  let broken = false;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const key = decodeURI(String(request.headers['idempotency-key']));
      if (!broken) notices.push({ key, text: (JSON.parse(body) as { text: string }).text });
      response.writeHead(broken ? 503 : 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0K3N`;
  const close = () => new Promise<void>((done) => void server.close(() => done()));
  return { address, told: () => notices, breaks: (now: boolean) => void (broken = now), close };
}
