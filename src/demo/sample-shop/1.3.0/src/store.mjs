import { readFileSync } from 'node:fs';
import { findOrder } from './orders.mjs';

const { ORDERS_DATABASE, POSTGRES_CLIENT } = process.env;

/** Where orders are kept: in the database whose address that file holds; without one, the id alone carries the order. */
export const store = ORDERS_DATABASE ? await openDatabase() : { keep: () => {}, find: findOrder };

async function openDatabase() {
  const { default: pg } = await import(POSTGRES_CLIENT);
  const pool = new pg.Pool({ connectionString: readFileSync(ORDERS_DATABASE, 'utf8').trim(), max: 4 });
  pool.on('error', () => {}); // of a connection that nobody uses: the next order opens another
  return {
    keep: ({ id, greeting, ...details }) =>
      pool.query('insert into orders (id, details, greeting) values ($1, $2, $3)', [id, details, greeting]),
    find: async (id) => {
      const { rows } = await pool.query('select details, greeting from orders where id = $1', [id]);
      return rows[0] && { id, ...rows[0].details, ...(rows[0].greeting !== null && { greeting: rows[0].greeting }) };
    },
  };
}
