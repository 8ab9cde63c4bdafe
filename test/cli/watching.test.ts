import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { plain } from '../../src/cli/format.js';
import { releaseLines } from '../../src/cli/sight.js';
import { after, minutes } from '../../src/domain/duration.js';
import { queuedView, releaseView } from '../../src/http/views/release.js';
import { aRelease, aRollout, aWaitingRelease } from '../support/memory-desk.js';
import { tuesday } from '../support/orders.js';
import { slipway } from '../support/slipway-cli.js';

const id = 'change-20261124-01';
const events = (text: string, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(text);
};
const entry = (n: number): string =>
  `id: e${n}\nevent: entry\ndata: ${JSON.stringify({ id: `e${n}`, at: after(tuesday, minutes(n)), kind: 'step', text: `step ${n}` })}\n\n`;

describe('A connection that breaks while a release is watched', () => {
  it('is made again, and goes on after the last thing seen', async () => {
    const { run, progress } = aRelease({}, { state: 'succeeded' });
    const seen = releaseView({ run: { ...run, status: 'closed' }, progress }, [], undefined);
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers['last-event-id'] as string | undefined);
      if (asked.length === 1) {
        events(entry(1), response);
        setTimeout(() => response.destroy(), 100);
        return;
      }
      events(`${entry(2)}event: release\ndata: ${JSON.stringify(seen)}\n\nevent: end\ndata: {}\n\n`, response);
      response.end();
    }).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, out } = await slipway(['watch', id], { env: { SLIPWAY_URL: url, SLIPWAY_TOKEN: 'any' } });
      assert.equal(code, 0);
      assert.deepEqual(asked, [undefined, 'e1']);
      assert.deepEqual(out.split('\n'), ['2026-11-24T09:01:00Z  step 1', '2026-11-24T09:02:00Z  step 2']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('A release as people see it', () => {
  const seen = (found = aWaitingRelease(), rollouts = [aRollout()]) =>
    releaseLines(releaseView(found, rollouts, undefined), false).join('\n');

  it('says how far it is and whom it waits for', () => {
    const text = seen(aWaitingRelease(), []);
    assert.match(text, /^shop 1\.1\.0 {2}change-20261124-01 {2}awaiting-approval in production\n/);
    assert.match(text, /production +awaiting approval/);
    assert.match(text, /service-owner: oscar/);
  });

  it('shows the steps, the share and what the open window has seen', () => {
    const found = aRelease({}, { state: 'rolling-out', environment: 'production' });
    const window = { verdict: { kind: 'inconclusive', reason: 'watching: 4 s and 12 requests of 15 min' } };
    const text = seen(found, [{ ...aRollout({ share: 25 }), window }]);
    assert.match(text, /running, canary, 25 % on the candidate/);
    assert.match(text, /✓ {2}01-start {2}start 2 of 1\.1\.0 beside what is running/);
    assert.match(text, /watching: 4 s and 12 requests of 15 min/);
  });

  it('that waits for its turn says how many are before it', () => {
    const lines = releaseLines(queuedView({ service: 'shop', changeId: id }, 2, undefined));
    assert.match(lines.join('\n'), /2 releases of shop must end before it/);
  });

  it('is text, whatever people wrote', () => assert.equal(plain('a\u001b[2J\u202eb\nc'), 'a [2J b c'));
});
