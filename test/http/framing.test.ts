import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';

const hidden = 'POST /v1/releases/change-20261124-01/rollback HTTP/1.1\r\nHost: door\r\n\r\n';

/** Requests of which two programs might see two things, or one sees no end. */
describe('fault 42: a request whose frame is forged is refused, and nothing in it is heard', () => {
  let door: FrontDoor;
  before(async () => {
    door = await openFrontDoor();
  });
  after(() => door.close());

  for (const [says, headers] of [
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 44'],
    ['a length beside chunks', 'Content-Length: 44\r\nTransfer-Encoding: chunked'],
    ['a length that is no number', 'Content-Length: +0'],
    ['chunks under another name', 'Transfer-Encoding: xchunked'],
    ['a header that goes on in the next line', 'X-A: a\r\n b: c'],
    ['a blank before the colon', 'Content-Length : 44'],
    ['a header without end', `X-A: ${'a'.repeat(100_000)}`],
  ] as const)
    it(says, async () => {
      const { port, hostname } = new URL(door.url);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(
        `POST /v1/releases HTTP/1.1\r\nHost: door\r\nAuthorization: Bearer token-alice\r\n${headers}\r\n\r\n${hidden}`,
      );
      const [answer = '', ...more] = (await text(socket)).split('HTTP/1.1 ').slice(1);
      assert.match(answer, /^4(00|31|15) /);
      assert.deepEqual(more, [], 'a second request was heard');
      assert.deepEqual([door.desk.submissions, door.desk.said], [[], []]);
    });
});
