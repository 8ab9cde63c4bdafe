/** The packing stations of the warehouse. */
const stations = ['A', 'B'];

let assigned = 0;

/** Gives an order to the next station, so that the customer is told where it is packed. */
export function assignStation() {
  return stations[assigned++ % stations.length];
}
