import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unlessEnded } from '../../src/adapters/local/host/ended.js';
import type { Newest } from '../../src/domain/fencing.js';
import { createGate } from '../../src/adapters/local/host/gate.js';

/** A gate, the keys applied through it, and the generations written down before an effect began. */
const aGate = (seen: Newest = { generation: 0 }) => {
  const applied: string[] = [];
  const written: Newest[] = [];
  const gate = createGate({
    place: 'web in staging',
    seen,
    isApplied: (key) => applied.includes(key),
    raised: (next) => {
      written.push(next);
      return Promise.resolve();
    },
  });
  const apply = (key: string, of: number, work?: Promise<unknown>) =>
    gate.pass({ key, generation: of }, async (ended) => {
      if (work) await unlessEnded(ended, work);
      applied.push(key);
    });
  return { gate, applied, written, apply };
};

const hanging = new Promise(() => undefined);

describe('the door to the effects of a place', () => {
  it('effects of one generation come one after another', async () => {
    const { apply, applied } = aGate();
    await Promise.all([apply('a', 1, new Promise(setImmediate)), apply('b', 1)]);
    assert.deepEqual(applied, ['a', 'b']);
  });

  it('the new generation is written down before its first effect begins', async () => {
    const { apply, written, gate } = aGate({ generation: 3 });
    await apply('a', 4);
    assert.deepEqual(written, [{ generation: 4 }]);
    assert.equal(gate.seen.generation, 4);
  });

  it('an older generation is refused, also one that was restored', async () => {
    const { apply, applied } = aGate({ generation: 3 });
    await assert.rejects(apply('late', 2), { code: 'superseded' });
    assert.deepEqual(applied, []);
  });

  it('a newer generation ends what hangs and what waits behind it, and is not held up', async () => {
    const { apply, applied } = aGate();
    const older = [apply('hangs', 1, hanging), apply('waits', 1)];
    const ends = older.map((end) => assert.rejects(end, { code: 'superseded' }));
    await apply('rollback', 2);
    await Promise.all(ends);
    assert.deepEqual(applied, ['rollback']);
  });

  it('a later run of a generation ends what the run before it left hanging, also after a restart', async () => {
    const [first, second] = ['01a20bed-9ed7-79dd-b5fd-3cc00524baaf', '01a20bed-a785-7cec-b73e-49348122028a'];
    const { apply, applied, gate } = aGate();
    const hangs = assert.rejects(apply(`${first}/1/start`, 1, hanging), { code: 'superseded' });
    await apply(`${second}/1/start`, 1);
    await hangs;
    await assert.rejects(apply(`${first}/1/shift`, 1), { code: 'superseded' });
    assert.deepEqual(applied, [`${second}/1/start`]);
    await assert.rejects(aGate(gate.seen).apply(`${first}/1/shift`, 1), { code: 'superseded' });
  });

  it('a key that is under way is joined, and an applied one is done', async () => {
    const { apply, applied } = aGate();
    await Promise.all([apply('a', 1, new Promise(setImmediate)), apply('a', 1)]);
    await apply('a', 1);
    assert.deepEqual(applied, ['a']);
  });

  it('an effect that failed may be asked for again', async () => {
    const { apply, applied } = aGate();
    await assert.rejects(apply('a', 1, Promise.reject(new Error('disk full'))), /disk full/);
    await apply('a', 1);
    assert.deepEqual(applied, ['a']);
  });
});
