import * as z from 'zod';
import { name as word, text } from './words.js';

/** `method/config/features.yml` as people write it. `features.ts` reads it and says what it means. */

const flagWanted = 'a name of letters, digits, . _ and -, beginning with a letter, at most 100 long';

/** The name of a flag, as the code asks for it. Names that every object answers to are none. */
export const flagName = z
  .string(flagWanted)
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,99}$/, flagWanted)
  .refine((n) => !(n in {}), 'a name that JavaScript does not give to every object');

const variantName = word;

const percentWanted = 'per cent from 0 to 100, with at most two decimals';

/** A share of the targeting keys. */
export const percent = z
  .number(percentWanted)
  .min(0, percentWanted)
  .max(100, percentWanted)
  .refine((met) => Math.abs(met * 100 - Math.round(met * 100)) < 1e-6, percentWanted);

const state = z.enum(['ENABLED', 'DISABLED']);

const setting = {
  on: z.boolean('true or false').optional(),
  state: state.optional(),
  'default-variant': variantName.optional(),
  rollout: z.record(variantName, percent).optional(),
};

const valueWanted = 'true or false, a number, text, or settings as key: value';

const value = z.union([z.boolean(), z.number(), z.string(), z.record(z.string(), z.json())], valueWanted);

const dayWanted = 'a day such as 2027-03-31';

const isDay = (met: string): boolean => Number.isFinite(Date.parse(met)) && new Date(met).toISOString().startsWith(met);

const day = z.string(dayWanted).refine((met) => /^\d{4}-\d{2}-\d{2}$/.test(met) && isDay(met), dayWanted);

const flag = z.strictObject({
  description: text,
  owner: text,
  service: word.optional(),
  ...setting,
  variants: z.record(variantName, value).optional(),
  targeting: z.record(z.string(), z.json(), 'JsonLogic: one operator with its operands').optional(),
  expires: day.optional(),
  /** Where an environment differs in a file that several share. */
  environments: z.record(word, z.strictObject(setting)).optional(),
});

/** The whole file. */
export const writtenFeatures = z.strictObject({
  version: z.literal(1).default(1),
  flags: z.record(flagName, flag).nullish(),
  retired: z.array(flagName, 'a list of names').nullish(),
});

export type WrittenFeatures = z.output<typeof writtenFeatures>;
export type WrittenFlag = z.output<typeof flag>;
export type WrittenSetting = Pick<WrittenFlag, keyof typeof setting>;

/** Whether a flag is a plain toggle: on or off, without variants of its own. */
export const isPlain = (flag: Pick<WrittenFlag, 'variants'>): boolean => flag.variants === undefined;
