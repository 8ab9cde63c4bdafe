import { lookup as lookUp } from 'node:dns';
import { type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { isRefusedAddress } from '../refused-addresses.js';

/** What is asked. A body without a content type is text. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export type GuardedFetch = (url: string | URL, asked?: Asked) => Promise<Response>;

/** An address that is never asked. */
export class RefusedAddress extends Error {
  readonly code = 'ERR_REFUSED_ADDRESS';
}

const refusal = (host: string, address: string): RefusedAddress =>
  new RefusedAddress(`${host} leads to ${address}, a link-local or metadata address: nothing is asked there`);

/**
 * Asks as `fetch` does, but follows no redirect, and connects to no link-local or metadata address: a name is looked up
 * once, by the connection itself, so that what was checked is what is connected to.
 */
export function createGuardedFetch(resolve: typeof lookUp = lookUp): GuardedFetch {
  const lookup = guarded(resolve);
  return (to, { method = 'GET', headers = {}, body, signal } = {}) =>
    new Promise((answered, failed) => {
      const url = new URL(to);
      if (isRefusedAddress(url.hostname)) throw refusal(url.hostname, url.hostname);
      const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
      const text = body === undefined || named ? {} : { 'content-type': 'text/plain;charset=UTF-8' };
      const options = { method, headers: { ...text, ...headers }, agent: false, lookup, ...(signal && { signal }) };
      const ask = url.protocol === 'https:' ? secure : plain;
      ask(url, options, (message) => {
        try {
          answered(asResponse(message, method));
        } catch (fault) {
          message.destroy();
          failed(fault instanceof Error ? fault : new Error(String(fault)));
        }
      })
        .on('error', failed)
        .end(body);
    });
}

/** Throws of a status that no `Response` has, such as 700. */
function asResponse(message: IncomingMessage, method: string): Response {
  const { statusCode: status = 0, headersDistinct } = message;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  if (method !== 'HEAD' && ![204, 205, 304].includes(status))
    return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, headers });
  message.resume();
  return new Response(null, { status, headers });
}

/** The lookup of a connection, to be given to whatever connects; all that a name leads to must be allowed. */
export const guarded =
  (resolve: typeof lookUp): LookupFunction =>
  (host, options, done) => {
    resolve(host, { ...options, all: true }, (fault, found) => {
      const bad = fault ? undefined : found.find(({ address }) => isRefusedAddress(address));
      const [first] = fault ? [] : found;
      if (fault || bad || !first) done(fault ?? refusal(host, bad?.address ?? 'nothing'), '');
      else if (options.all) done(null, found);
      else done(null, first.address, first.family);
    });
  };

/** For all but tests. */
export const guardedFetch = createGuardedFetch();

/** A fault in one word that holds nothing of an address: `ECONNREFUSED`, `TimeoutError`. */
export function codeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'fault';
  const { name, code = name } = fault as NodeJS.ErrnoException;
  return name === 'AbortError' ? 'TimeoutError' : code;
}
