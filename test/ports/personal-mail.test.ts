import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryPersonalMail } from '../../src/adapters/memory/personal-mail.js';
import { createPersonalMail } from '../../src/adapters/notify/personal-mail.js';
import type { Notice, PersonalMail } from '../../src/ports/notifier.js';
import { openMailServer } from '../support/mail-server.js';
import { readMail } from '../support/read-mail.js';

interface Opened {
  readonly mail: PersonalMail;
  /** What each has read, as `person key`; grace and oscar have an address, dave has none. */
  readonly read: () => readonly string[];
  readonly refuses: (person: string) => unknown;
  readonly close: () => Promise<void>;
}

const notice: Notice = { key: 'code/change-20261124-01/production', text: 'shop waits\n\nYour one-time code: 7QF' };
const people = {
  grace: { name: 'Grace', roles: [], mail: 'grace@example.org' },
  oscar: { name: 'Oscar', roles: [], mail: 'oscar@example.org' },
  dave: { name: 'Dave', roles: [] },
};

function personalMailSuite(name: string, open: () => Promise<Opened>): void {
  const mails = (sentence: string, story: (opened: Opened) => Promise<void>): void => {
    it(sentence, async () => {
      const opened = await open();
      try {
        await story(opened);
      } finally {
        await opened.close();
      }
    });
  };

  describe(`mail to one person: ${name}`, () => {
    mails('reaches that person and nobody else', async ({ mail, read }) => {
      assert.equal(await mail.tell('grace', notice), 'taken');
      assert.deepEqual(read(), [`grace ${notice.key}`]);
    });

    for (const person of ['dave', 'mallory', 'constructor'])
      mails(`is none to ${person}, who has no address`, async ({ mail, read }) => {
        assert.equal(await mail.tell(person, notice), 'no address');
        assert.deepEqual(read(), []);
      });

    mails('that is not taken says so in words that hold nothing of it', async ({ mail, refuses }) => {
      refuses('oscar');
      await assert.rejects(mail.tell('oscar', notice), (fault: Error) => !fault.message.includes('7QF'));
    });
  });
}

personalMailSuite('in memory', () => {
  const mail = createMemoryPersonalMail(['grace', 'oscar']);
  const read = () => mail.told.map(({ person, key }) => `${person} ${key}`);
  return Promise.resolve({ mail, read, refuses: (p) => mail.unreachable.add(p), close: () => Promise.resolve() });
});

personalMailSuite('by a mail server', async () => {
  const server = await openMailServer();
  const url = `smtp://127.0.0.1:${server.port}`;
  const read = () =>
    server.mails.flatMap(({ to, raw }) => to.map((one) => `${one.split('@')[0] ?? ''} ${readMail(raw).key}`));
  return {
    mail: createPersonalMail({ config: { people }, mail: { url, from: 'slipway@example.org' } }),
    read,
    refuses: (person) => server.unknown.add(`${person}@example.org`),
    close: () => server.close(),
  };
});

describe('mail to one person, where no mail server is set', () => {
  it('is none, whoever it is', async () => {
    assert.equal(await createPersonalMail({ config: { people } }).tell('grace', notice), 'no address');
  });
});
