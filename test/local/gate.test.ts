import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unlessEnded } from '../../src/adapters/local/host/ended.js';
import { createGate } from '../../src/adapters/local/host/gate.js';

/** A gate, the keys applied through it, and the generations written down before an effect began. */
const aGate = (generation = 0) => {
  const applied: string[] = [];
  const written: number[] = [];
  const gate = createGate({
    place: 'web in staging',
    generation,
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
    const { apply, written, gate } = aGate(3);
    await apply('a', 4);
    assert.deepEqual(written, [4]);
    assert.equal(gate.generation, 4);
  });

  it('an older generation is refused, also one that was restored', async () => {
    const { apply, applied } = aGate(3);
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
