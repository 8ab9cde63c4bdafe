import * as z from 'zod';
import { name } from '../../config/words.js';
import { line, moment, reference, version } from './words.js';

/** Feature flags that go off, and are looked at again, before the version goes back. */
const flags = z
  .array(name, 'a list of flags')
  .min(1, 'at least one flag')
  .max(10)
  .refine((names) => new Set(names).size === names.length, 'each flag once')
  .optional();

const revision = {
  service: name,
  /** Without `ref`, the version's own tag. */
  version: version.optional(),
  ref: reference.optional(),
  /** The first ones of the configuration, in its order; all of them when left out. */
  environments: z.array(name, 'a list of environments').min(1, 'at least one environment').max(50).optional(),
  flags,
};

const revisionWanted = 'a version, a ref, or both';
const hasRevision = (met: { version?: unknown; ref?: unknown }): boolean =>
  met.version !== undefined || met.ref !== undefined;

/** What people write to have a release planned. */
export const writtenPlan = z
  .strictObject(revision)
  .refine(hasRevision, { message: revisionWanted, path: ['version'] })
  .meta({ id: 'WrittenPlan' });

/** What people write to ask for a release. */
export const writtenRelease = z
  .strictObject({
    ...revision,
    description: line(500).optional(),
    /** Why it cannot wait: the emergency path, which is owed a review afterwards. */
    emergency: line(500).optional(),
    /** Not before this, and not after that. */
    startAt: moment.optional(),
    startBy: moment.optional(),
  })
  .refine(hasRevision, { message: revisionWanted, path: ['version'] })
  .refine(({ startAt, startBy }) => startAt === undefined || startBy === undefined || startAt < startBy, {
    message: 'a moment after startAt',
    path: ['startBy'],
  })
  .meta({ id: 'WrittenRelease' });

export type WrittenPlan = z.output<typeof writtenPlan>;
