import { randomUUID } from 'node:crypto';
import { productById } from './catalogue.mjs';
import { discountCents } from './vouchers.mjs';

/** An order the customer has to change. */
export class OrderProblem extends Error {}

/** Checks what a customer wrote and works out what it costs. */
export function placeOrder(written) {
  const items = checkedItems(written?.items);
  const fullCents = items.reduce((sum, item) => sum + item.quantity * productById(item.product).priceCents, 0);
  const discount = checkedDiscount(written.voucher, fullCents);
  const greeting = checkedGreeting(written.greeting);
  const totals = { discountCents: discount, totalCents: fullCents - discount };
  const order = { number: randomUUID().slice(0, 8), items, ...totals, ...(greeting !== undefined && { greeting }) };
  return { id: idOf(order), ...order };
}

/** The order with this id, or undefined. */
export function findOrder(id) {
  try {
    const order = JSON.parse(Buffer.from(id, 'base64url').toString());
    return Array.isArray(order.items) ? { id, ...order } : undefined;
  } catch {
    return undefined; // not an id of ours
  }
}

/** The id carries the order, so that every instance of the shop can show it, whichever one took it. */
const idOf = (order) => Buffer.from(JSON.stringify(order)).toString('base64url');

function checkedItems(items) {
  if (!Array.isArray(items) || items.length === 0 || items.length > 20) {
    throw new OrderProblem('items: wanted a list of 1 to 20');
  }
  return items.map((item) => {
    const { product, quantity } = item ?? {};
    if (!productById(product)) throw new OrderProblem(`product: there is no ${product}`);
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > 99) {
      throw new OrderProblem(`quantity: met ${quantity}, wanted 1 to 99`);
    }
    return { product, quantity };
  });
}

function checkedDiscount(voucher, fullCents) {
  if (voucher === undefined) return 0;
  const discount = discountCents(voucher, fullCents);
  if (discount === undefined) throw new OrderProblem(`voucher: there is no ${voucher}`);
  return discount;
}

function checkedGreeting(greeting) {
  if (greeting === undefined) return undefined;
  if (typeof greeting !== 'string' || greeting.length === 0 || greeting.length > 200) {
    throw new OrderProblem('greeting: wanted 1 to 200 letters');
  }
  return greeting;
}
