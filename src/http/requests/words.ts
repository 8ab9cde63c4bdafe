import semver from 'semver';
import * as z from 'zod';

/** The words that requests are made of. The message of every refusal is what was wanted, as in `slipway.yml`. */

const changeIdWanted = 'a change id such as change-20261124-01';

export const changeId = z.string(changeIdWanted).regex(/^change-\d{8}-\d{2,6}$/, changeIdWanted);

const versionWanted = 'a semantic version such as 1.2.0 or v1.2.0';

/** Without its leading `v` once read. */
export const version = z
  .string(versionWanted)
  .max(100, versionWanted)
  .refine((met) => /^v?\d/.test(met) && !met.includes('+') && semver.valid(met) !== null, versionWanted)
  .overwrite((met) => met.replace(/^v/, ''));

const referenceWanted = 'a tag, a branch or a commit: letters, digits and _ . / + @ -, at most 200';

export const reference = z.string(referenceWanted).regex(/^[\p{L}\p{N}_][\p{L}\p{N}_./+@-]{0,199}$/u, referenceWanted);

/** What people write for people, on one line: no control characters, and none that change the direction of reading. */
export function line(most: number) {
  const wanted = `one line of text, at most ${most} characters, without control characters`;
  return z
    .string(wanted)
    .max(most, wanted)
    .refine((met) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(met), wanted)
    .overwrite((met) => met.trim())
    .min(1, wanted);
}

const hashWanted = 'sha256: and 64 hexadecimal digits';

export const hash = z.string(hashWanted).regex(/^sha256:[0-9a-f]{64}$/, hashWanted);

const keyWanted = '1 to 200 printable ASCII characters';

/** An `Idempotency-Key`. */
export const idempotencyKey = z.string(keyWanted).regex(/^[\x21-\x7e]{1,200}$/, keyWanted);

const recordWanted = 'the path of a file below docs/ or artifacts/ of the governance repository';
/** A record that people keep themselves. */
export const recordPath = z
  .string(recordWanted)
  .max(300, recordWanted)
  .regex(/^(docs|artifacts)\/[\w./-]+$/, recordWanted)
  .refine((path) => !path.split('/').includes('..'), recordWanted);

const momentWanted = 'a moment in UTC such as 2026-11-24T03:00:00Z';
/** ISO 8601 in UTC. */
export const moment = z.iso
  .datetime({ error: momentWanted, abort: true })
  .overwrite((met) => new Date(met).toISOString());
