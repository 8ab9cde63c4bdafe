import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { query } from './postgres.js';

/** What has become of customers' orders, from the first one on. */
export interface DataKept {
  /** Whether every order that a customer was told is taken lies in the database as it was promised. */
  readonly intact: boolean;
  /** Orders that customers were told are taken. */
  readonly promised: number;
  /** Of these, what lies in the database as it was promised. */
  readonly kept: number;
  /** Of those promised, what was written in the new form, which the version that went back had brought. */
  readonly inNewForm: number;
}

/** `data intact: 2731 of 2731 orders are in the database as promised, 14 of them written in the new form`. */
export const dataPhrase = ({ intact, promised, kept, inNewForm }: DataKept): string =>
  `data ${intact ? 'intact' : 'LOST'}: ${kept} of ${promised} orders are in the database as promised, ${inNewForm} of them written in the new form`;

/** The answers to customers whose orders were taken. */
export interface Promises {
  hear(answer: string): void;
  /** How many were taken by a version that knows greetings. */
  greeted(): number;
  /** Compares all that was promised until now with what the database at this address holds. */
  compare(address: string): Promise<DataKept>;
}

/** Listens to what customers are promised; keeps all of it. */
export function createPromises(): Promises {
  const answers: string[] = [];
  const isGreeted = (answer: string): boolean => answer.includes('"greeting":');
  return {
    hear: (answer) => void answers.push(answer),
    greeted: () => answers.filter(isGreeted).length,
    async compare(address) {
      const promised = [...answers];
      const rows = await query<{ id: string; details: unknown }>(address, 'select id, details from orders');
      const held = new Map(rows.map(({ id, details }) => [id, details]));
      const kept = promised.filter((answer) => isKept(answer, held)).length;
      return {
        intact: kept === promised.length,
        promised: promised.length,
        kept,
        inNewForm: promised.filter(isGreeted).length,
      };
    },
  };
}

const order = z.looseObject({ id: z.string() });

/** Where an order is packed is told, and not kept. */
function isKept(answer: string, held: ReadonlyMap<string, unknown>): boolean {
  const { id, ...told } = order.parse(JSON.parse(answer));
  const details = Object.fromEntries(Object.entries(told).filter(([key]) => key !== 'station'));
  return isDeepStrictEqual(held.get(id), details);
}
