import type { Request, Response } from 'express';
import * as z from 'zod';
import type { Person, Role } from '../domain/environment.js';
import type { Problem } from './problems.js';

/**
 * One thing the front door does, declared once: from this it is served, refused (405, 401, 403, 400) and documented.
 * What people write is checked by `params`, `query` and `body` before `handle` sees it.
 */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  readonly method: 'get' | 'post' | 'put';
  /** As OpenAPI writes it: `/v1/releases/{changeId}`. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly params: z.ZodType<P>;
  readonly query: z.ZodType<Q>;
  /** Missing where nothing is sent. */
  readonly body?: z.ZodType<B>;
  /** The body is handed on as it came, at most so many bytes, for `handle` to check: what is signed, or must not be refused. */
  readonly bytes?: number;
  readonly key: 'none' | 'optional' | 'required';
  /** The good answers; the refusals are the same everywhere. */
  readonly answers: Readonly<Record<number, Documented>>;
  /** A refusal in the words of the protocol that this route speaks; `undefined` leaves it as everywhere. */
  inOwnWords?(problem: Problem, request: Request): Answer | undefined;
  handle(ask: Asked<P, Q, B>): Promise<Answer>;
}

/**
 * Who is let in: anyone; a person with a token; a browser, which may send the token as the password of Basic; or, as
 * `{ role }`, a person who holds that role.
 */
export type Access = 'anyone' | 'person' | 'browser' | { readonly role: Role };

export interface Documented {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly mediaTypes?: readonly string[];
}

/** A request that has passed the door. Of a route for anyone, the person is nobody. */
export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly person: Person;
  readonly key?: string;
  /** The body as it came, where the route asks for it. */
  readonly bytes: Uint8Array;
  readonly request: Request;
}

export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'text';
      readonly type: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** What the caller has is what there is (304). */
  | { readonly kind: 'unchanged'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'stream'; write(response: Response): void };

/** Declares a route; what it asks for gives `handle` its types. */
export const route = <P, Q, B>(declared: Route<P, Q, B>): Route => declared;

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => ({
  kind: 'json',
  status,
  body,
  headers,
});

/** For routes that ask for nothing in the path or after the question mark. */
export const nothing = z.strictObject({});
