import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOrder } from '../src/orders.mjs';
import { assignStation } from '../src/packing.mjs';

const anOrder = () => placeOrder({ items: [{ product: 'assam', quantity: 1 }] });

test('an order is given a packing station', () => {
  assert.equal(assignStation(anOrder()), 'A');
});

test('the next order is given the next station', () => {
  assert.equal(assignStation(anOrder()), 'B');
});
