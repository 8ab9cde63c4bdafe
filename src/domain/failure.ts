/**
 * The closed list of faults that retrying does not cure. An adapter throws a `Refused` with one of these; the activity
 * layer turns it into a non-retryable `ApplicationFailure` of that type.
 *
 * | code | meaning |
 * |---|---|
 * | `superseded` | the world has seen a newer generation: this effect comes too late and was not applied |
 * | `moved-by-others` | the world is not as this rollout left it: somebody else moved traffic or fleet |
 * | `unhealthy` | the side that would receive traffic is not healthy or has too few instances |
 * | `not-found` | a version, commit, artifact or lane that does not exist |
 * | `invalid` | an order that makes no sense, whoever asks |
 * | `no-way-back` | data has been changed for good: the version asked for cannot work on it, only a fix forward can |
 * | `too-early` | the contract half of a migration, while its expand half is still watched |
 */
export type FailureCode =
  'superseded' | 'moved-by-others' | 'unhealthy' | 'not-found' | 'invalid' | 'no-way-back' | 'too-early';

export const failureCodes: readonly FailureCode[] = [
  'superseded',
  'moved-by-others',
  'unhealthy',
  'not-found',
  'invalid',
  'no-way-back',
  'too-early',
];

/** One thing wrong with a file of a commit: `at` is `migration.yml:3:1 revert`. */
export interface FileFault {
  readonly at: string;
  readonly met: string;
  readonly wanted: string;
}

/** A permanent fault: asking again would be refused again. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: FailureCode;
  /** Where it is a file that makes no sense: everything that is wrong with it. */
  readonly faults: readonly FileFault[];

  constructor(code: FailureCode, message: string, faults: readonly FileFault[] = []) {
    super(message);
    this.code = code;
    this.faults = faults;
  }
}
