/** The packing stations of the warehouse, and the order each of them holds. */
const stations = [{ name: 'A' }, { name: 'B' }];

/** How long the warehouse takes to confirm an order, in milliseconds. */
const confirmation = 2_500;

/** Gives an order a station until the warehouse has confirmed it, so that the customer is told where it is packed. */
export function assignStation(order) {
  const station = stations.find((one) => one.order === undefined);
  station.order = order.id;
  setTimeout(() => {
    station.order = undefined;
  }, confirmation).unref();
  return station.name;
}
