import { neverReached } from '../domain/never.js';
import { Refused } from '../domain/failure.js';
import { DeskFault } from './desk.js';

/**
 * One thing wrong with a request. `pointer`: a JSON Pointer into the body, `?name` of a query parameter, a header's name,
 * or the place in a file of the commit, `migration.yml:3:1 revert`.
 */
export interface FieldError {
  readonly pointer: string;
  readonly met: string;
  readonly wanted: string;
}

/** Why a request is not followed, as RFC 9457 tells it. The only place where a kind of failure has a status. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: ProblemKind,
    detail: string,
    more: { readonly errors?: readonly FieldError[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.kind = kind;
    this.status = kinds[kind].status;
    this.errors = more.errors ?? [];
    this.headers = { ...kinds[kind].headers, ...more.headers };
  }
}

export type ProblemKind = keyof typeof kinds;

const kinds = {
  malformed: { status: 400, title: 'The request cannot be read', headers: {} },
  invalid: { status: 400, title: 'The request is not as it must be', headers: {} },
  'not-let-in': {
    status: 401,
    title: 'Nobody is let in without a valid token',
    headers: { 'WWW-Authenticate': 'Bearer realm="slipway"' },
  },
  'wrong-role': { status: 403, title: 'This takes a role that you do not hold', headers: {} },
  'not-found': { status: 404, title: 'There is no such thing', headers: {} },
  method: { status: 405, title: 'This cannot be done here', headers: {} },
  refused: { status: 409, title: 'The rules refuse this now', headers: {} },
  'too-large': { status: 413, title: 'The request is too large', headers: {} },
  'media-type': { status: 415, title: 'The request must be JSON', headers: {} },
  senseless: { status: 422, title: 'The request makes no sense here', headers: {} },
  'key-reused': { status: 422, title: 'The Idempotency-Key belongs to another request', headers: {} },
  fault: { status: 500, title: 'Slipway has failed', headers: {} },
  unservable: {
    status: 503,
    title: 'The flags make no sense and none were read before',
    headers: { 'Retry-After': '5' },
  },
  unreachable: { status: 503, title: 'The engine cannot be reached', headers: { 'Retry-After': '5' } },
  deadline: { status: 504, title: 'The engine did not answer in time', headers: {} },
} as const satisfies Record<string, { status: number; title: string; headers: Record<string, string> }>;

export const problemStatuses: readonly number[] = [...new Set(Object.values(kinds).map(({ status }) => status))];

/** What a caller is told of any failure; of an unknown one nothing but where to look for it. */
export function problemOf(fault: unknown): Problem {
  if (fault instanceof Problem) return fault;
  if (fault instanceof DeskFault) return ofDesk(fault);
  if (fault instanceof Refused) return ofRefused(fault);
  return ofReading(fault) ?? new Problem('fault', 'the fault is in the log under the instance of this problem');
}

/** The body of `application/problem+json`. */
export const problemBody = ({ kind, status, message, errors }: Problem, requestId: string) => ({
  type: `urn:slipway:problem:${kind}`,
  title: kinds[kind].title,
  status,
  detail: message,
  instance: `urn:uuid:${requestId}`,
  ...(errors.length > 0 && { errors }),
});

function ofDesk({ kind, message }: DeskFault): Problem {
  switch (kind) {
    case 'refused':
    case 'not-running':
      return new Problem('refused', message);
    case 'cursor':
      return new Problem('invalid', 'the list cannot go on from this cursor', {
        errors: [{ pointer: '?cursor', met: 'a cursor of another list', wanted: 'the cursor of the page before' }],
      });
    case 'unreachable':
    case 'deadline':
      return new Problem(kind, message);
    default:
      return neverReached(kind);
  }
}

function ofRefused({ code, message, faults }: Refused): Problem {
  const errors = faults.map(({ at, ...fault }) => ({ pointer: at, ...fault }));
  return new Problem(code === 'not-found' || code === 'invalid' ? 'senseless' : 'refused', message, { errors });
}

const limitOf = (fault: unknown): number =>
  fault instanceof Error && 'limit' in fault ? Number(fault.limit) / 1_024 : 64;

/** Faults of the reading itself, before any route has seen the request: they carry a status of their own. */
function ofReading(fault: unknown): Problem | undefined {
  const status = fault instanceof Error && 'status' in fault ? fault.status : undefined;
  if (status === 413) return new Problem('too-large', `a request here has at most ${limitOf(fault)} KB`);
  if (status === 415) return new Problem('media-type', 'wanted Content-Type: application/json, not compressed');
  return status === 400 ? new Problem('malformed', 'the address or the body cannot be decoded') : undefined;
}
