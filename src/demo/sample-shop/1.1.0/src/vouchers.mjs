/** Vouchers in use, and how many per cent each takes off. */
const vouchers = new Map([
  ['WELCOME10', 10],
  ['TEATIME', 5],
]);

/** The discount in cents; undefined when there is no such voucher. */
export function discountCents(code, totalCents) {
  const percent = vouchers.get(code);
  return percent === undefined ? undefined : Math.round((totalCents * percent) / 100);
}
