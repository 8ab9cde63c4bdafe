import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Person } from '../domain/environment.js';
import { checked, inBody, inPath, inQuery } from './check.js';
import type { DoorParts } from './door.js';
import { tokenOf } from './identity.js';
import { Problem } from './problems.js';
import { readJson } from './read-json.js';
import { idempotencyKey } from './requests/words.js';
import type { Asked, Route } from './route.js';

/** Lets a request in to its route: who asks, then what is asked, each checked before the next is looked at. */
export async function guard(
  route: Route,
  request: Request,
  response: Response,
  { identity }: Pick<DoorParts, 'identity'>,
): Promise<Asked<unknown, unknown, unknown>> {
  const person = await personOf(route, request, identity);
  response.locals['person'] = person.person;
  const params = checked(route.params, request.params, inPath);
  const query = checked(route.query, { ...request.query }, inQuery);
  const key = keyOf(route, request);
  const asked = { params, query, person, request, ...(key !== undefined && { key }) };
  if (route.bytes !== undefined)
    return { ...asked, body: undefined, bytes: await bytesOf(request, response, route.bytes) };
  const body = route.body && checked(route.body, await bodyOf(request, response), inBody);
  return { ...asked, body, bytes: new Uint8Array() };
}

/** Of a route for anyone. */
const nobody: Person = { person: 'nobody', roles: [] };

async function personOf({ access }: Route, request: Request, identity: DoorParts['identity']): Promise<Person> {
  if (access === 'anyone') return nobody;
  const token = tokenOf(request.get('authorization'), access === 'browser');
  const person = token === undefined ? undefined : await identity.identify(token);
  if (!person) throw notLetIn(token === undefined, access === 'browser');
  if (typeof access === 'object' && !person.roles.includes(access.role)) {
    const holds = person.roles.join(', ') || 'no role';
    throw new Problem('wrong-role', `${person.person} holds ${holds}; this takes the role ${access.role}`);
  }
  return person;
}

function notLetIn(missing: boolean, browser: boolean): Problem {
  const wanted = browser
    ? 'a token as the password, under any user name'
    : 'Authorization: Bearer and a token (`slipway token PERSON` issues one)';
  const headers = browser ? { 'WWW-Authenticate': 'Basic realm="slipway", charset="UTF-8"' } : {};
  return new Problem('not-let-in', `${missing ? 'no token was sent' : 'the token is not known'}; wanted ${wanted}`, {
    headers,
  });
}

function keyOf({ key }: Route, request: Request): string | undefined {
  const written = request.get('idempotency-key');
  if (key === 'none' || (key === 'optional' && written === undefined)) return undefined;
  return checked(idempotencyKey, written, () => 'Idempotency-Key');
}

const mostBytes = 64 * 1024;

async function bodyOf(request: Request, response: Response): Promise<unknown> {
  const type = request.get('content-type');
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type ?? ''))
    throw new Problem('media-type', `met ${type?.slice(0, 80) ?? 'no Content-Type'}; wanted application/json`);
  return readJson(await bytesOf(request, response, mostBytes));
}

/** What is refused here is never held in memory: the length is known, or counted while reading. */
async function bytesOf(request: Request, response: Response, limit: number): Promise<Uint8Array> {
  const readBytes: RequestHandler = express.raw({ type: () => true, limit, inflate: false });
  await new Promise<void>((resolve, reject) => {
    readBytes(request, response, (fault?: unknown) => {
      if (fault === undefined) resolve();
      else reject(fault instanceof Error ? fault : new Error('the body could not be read'));
    });
  });
  const bytes: unknown = request.body;
  return bytes instanceof Uint8Array ? bytes : new Uint8Array();
}
