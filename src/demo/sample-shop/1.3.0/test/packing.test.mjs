import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignStation } from '../src/packing.mjs';

test('stations take turns, however many orders there are', () => {
  const assigned = Array.from({ length: 5 }, () => assignStation());
  assert.deepEqual(assigned, ['A', 'B', 'A', 'B', 'A']);
});
