import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOrder, OrderProblem, placeOrder } from '../src/orders.mjs';

const items = [{ product: 'sencha', quantity: 1 }];

test('a greeting goes with the order', () => {
  const order = placeOrder({ items, greeting: 'Enjoy!' });
  assert.equal(order.greeting, 'Enjoy!');
  assert.equal(findOrder(order.id).greeting, 'Enjoy!');
});

test('nobody has to greet', () => {
  assert.equal('greeting' in placeOrder({ items }), false);
});

test('a greeting that fits on no card is refused', () => {
  for (const greeting of ['', 'x'.repeat(201), 7]) assert.throws(() => placeOrder({ items, greeting }), OrderProblem);
});
