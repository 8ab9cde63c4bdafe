import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Notice, Notifier } from '../../src/ports/notifier.js';

/** A channel and the far end of it. */
export interface OpenedChannel {
  readonly channel: Notifier;
  /** What has come out at the far end, oldest first. */
  readonly told: () => readonly Notice[];
  /** From now on the far end refuses, or takes again. A channel that cannot refuse, as the log, has no such thing. */
  readonly breaks?: (broken: boolean) => unknown;
  /** What may be in no message: passwords, addresses that are secrets. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

const stuck: Notice = {
  key: 'stuck/shop/production/2026-11-24T03:00:00.000Z',
  text: 'shop is stuck. slipway retry shop',
};

/** What every way to tell people must do. */
export function notifierSuite(name: string, open: () => Promise<OpenedChannel>): void {
  const tells = (sentence: string, story: (opened: OpenedChannel) => Promise<void>): void => {
    it(sentence, async () => {
      const opened = await open();
      try {
        await story(opened);
      } finally {
        await opened.close();
      }
    });
  };

  describe(`notices: ${name}`, () => {
    tells('a notice comes out with its key and its text', async ({ channel, told }) => {
      await channel.tell(stuck);
      assert.deepEqual(told(), [stuck]);
    });

    tells('letters of every kind, several lines and a long text come out as they went in', async (opened) => {
      const text = `Zürich: “größer” — 発布 🚀\n.\n\nFrom here on: ${'a line that is long '.repeat(200).trim()}\nend`;
      const notice = { key: 'größer/発布 1', text };
      await opened.channel.tell(notice);
      assert.deepEqual(opened.told(), [notice]);
    });

    tells('several at once all come out', async ({ channel, told }) => {
      const notices = Array.from({ length: 5 }, (_, n) => ({ key: `key ${n}`, text: `notice ${n}` }));
      await Promise.all(notices.map((notice) => channel.tell(notice)));
      assert.deepEqual(
        told().toSorted((a, b) => a.key.localeCompare(b.key)),
        notices,
      );
    });

    tells(
      'a far end that refuses is a fault that gives no secret away; once it takes again, so does this',
      async (all) => {
        const { channel, told, breaks, secrets } = all;
        if (!breaks) return;
        breaks(true);
        const fault = await channel.tell(stuck).then(
          () => assert.fail('it was taken'),
          (reason: unknown) => reason as Error,
        );
        assert.ok(fault.message !== '');
        for (const secret of secrets)
          assert.doesNotMatch(`${fault.stack ?? ''} ${String(fault.cause)}`, new RegExp(secret));
        assert.deepEqual(told(), []);
        breaks(false);
        await channel.tell(stuck);
        assert.deepEqual(told(), [stuck]);
      },
    );
  });
}
