import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrderProblem, placeOrder } from '../src/orders.mjs';

const items = [{ product: 'darjeeling', quantity: 1 }];

test('a voucher takes its per cent off', () => {
  const order = placeOrder({ items, voucher: 'WELCOME10' });
  assert.equal(order.discountCents, 94);
  assert.equal(order.totalCents, 940 - 94);
});

test('without a voucher the full price is paid', () => {
  assert.equal(placeOrder({ items }).totalCents, 940);
});

test('an unknown voucher is refused', () => {
  assert.throws(() => placeOrder({ items, voucher: 'FREE' }), OrderProblem);
});
