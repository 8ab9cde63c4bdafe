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
 */
export type FailureCode = 'superseded' | 'moved-by-others' | 'unhealthy' | 'not-found' | 'invalid';

export const failureCodes: readonly FailureCode[] = [
  'superseded',
  'moved-by-others',
  'unhealthy',
  'not-found',
  'invalid',
];

/** A permanent fault: asking again would be refused again. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}
