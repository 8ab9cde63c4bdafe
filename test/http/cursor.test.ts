import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cursorOf, tokenIn } from '../../src/http/cursor.js';
import { DeskFault } from '../../src/http/desk.js';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const isCursorFault = (fault: unknown): boolean => fault instanceof DeskFault && fault.kind === 'cursor';

describe('A cursor', () => {
  it('gives back the token it was made of, and fits into an address', () => {
    fc.assert(
      fc.property(bytes, fc.string(), (token, query) => {
        const cursor = cursorOf(token, query);
        assert.match(cursor, /^[\w-]+$/);
        assert.deepEqual(Buffer.from(tokenIn(cursor, query)), Buffer.from(token));
      }),
    );
  });

  it('of another list, or of nobody, is refused before the engine is asked', () => {
    const cursor = cursorOf(Buffer.from('token'), 'of shop');
    assert.throws(() => tokenIn(cursor, 'of cart'), isCursorFault);
    fc.assert(fc.property(fc.string(), (written) => assert.throws(() => tokenIn(written, 'of shop'), isCursorFault)));
  });
});
