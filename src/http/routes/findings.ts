import * as z from 'zod';
import type { DoorParts } from '../door.js';
import { foundNow } from '../found.js';
import { json, nothing, type Route, route } from '../route.js';
import * as nouns from '../views/nouns.js';

const findings = z.strictObject({ findings: nouns.list(nouns.finding) }).meta({ id: 'Findings' });

/** What is not in order, or waits for people. */
export const findingsRoute = (parts: DoorParts): Route =>
  route({
    method: 'get',
    path: '/v1/findings',
    name: 'listFindings',
    summary:
      'What is not in order, or waits for people: each environment is compared with what is under way in the engine; what differs twice in a row is found within a minute, with the command that mends it. Among them is what whoever is on call has not acknowledged, and follow-ups whose day is over.',
    access: 'person',
    params: nothing,
    query: nothing,
    key: 'none',
    answers: { 200: { description: 'The findings of all environments.', schema: findings } },
    handle: async () => json({ findings: await foundNow(parts) }),
  });
