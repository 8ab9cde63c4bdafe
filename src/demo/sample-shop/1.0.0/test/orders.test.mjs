import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOrder, OrderProblem, placeOrder } from '../src/orders.mjs';

test('an order costs what its items cost', () => {
  const order = placeOrder({
    items: [
      { product: 'assam', quantity: 2 },
      { product: 'sencha', quantity: 1 },
    ],
  });
  assert.equal(order.totalCents, 2 * 620 + 880);
});

test('an order is found by its id', () => {
  const order = placeOrder({ items: [{ product: 'rooibos', quantity: 3 }] });
  assert.deepEqual(findOrder(order.id), order);
  assert.equal(findOrder('unknown'), undefined);
});

test('an order for nothing, for something unknown or for none of it is refused', () => {
  for (const items of [undefined, [], [{ product: 'coffee', quantity: 1 }], [{ product: 'assam', quantity: 0 }]]) {
    assert.throws(() => placeOrder({ items }), OrderProblem);
  }
});
