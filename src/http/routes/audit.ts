import * as z from 'zod';
import { type Quarter, quarterBefore, quarterOf, quarterSpan } from '../../domain/audit.js';
import type { Instant } from '../../domain/duration.js';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { json, nothing, type Route, route } from '../route.js';
import { audited } from '../views/audit.js';

const quarterWanted = 'a quarter such as 2026-Q4';
const quarter = z.string(quarterWanted).regex(/^\d{4}-Q[1-4]$/, quarterWanted);

/** What the records of a quarter say; recorded by itself on the first day of the next one, or now. */
export const auditRoutes = ({ desk, clock }: DoorParts): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/audit',
    name: 'showAudit',
    summary:
      'The governance audit of a quarter, as of now: releases, approvals, exceptions, debts, drills, rollbacks, figures, and whether the records hold. The last quarter that is over unless said. Writes nothing.',
    access: 'person',
    params: nothing,
    query: z.strictObject({ quarter: quarter.optional() }),
    key: 'none',
    answers: { 200: { description: 'The report, not recorded.', schema: audited } },
    async handle({ query, person }) {
      const asked = query.quarter ?? quarterBefore(clock());
      if (asked > quarterOf(clock()))
        throw tooEarly('?quarter', asked, `one that has begun, such as ${quarterOf(clock())}`);
      return json(await desk.audit({ how: 'look', by: person.person, quarter: asked }));
    },
  }),
  route({
    method: 'post',
    path: '/v1/audit',
    name: 'recordAudit',
    summary:
      'Records the governance audit of a quarter that is over, and tells people. Once a quarter: asked for again it answers what is recorded.',
    access: 'person',
    params: nothing,
    query: nothing,
    body: z.strictObject({ quarter: quarter.optional() }),
    key: 'none',
    answers: { 200: { description: 'The report, and where it is recorded.', schema: audited } },
    async handle({ body, person }) {
      mustOperate(person, 'record a governance audit');
      return json(await desk.audit({ how: 'write', by: person.person, quarter: overAt(clock(), body.quarter) }));
    },
  }),
];

/** A quarter that is not over yet would be recorded for good with what it does not hold yet. */
function overAt(now: Instant, asked: Quarter = quarterBefore(now)): Quarter {
  if ((quarterSpan(asked)?.to ?? now) <= now) return asked;
  throw tooEarly('/quarter', asked, `one that is over, such as ${quarterBefore(now)}`);
}

const tooEarly = (pointer: string, met: Quarter, wanted: string): Problem =>
  new Problem('senseless', `quarter: met ${met}; wanted ${wanted}`, { errors: [{ pointer, met, wanted }] });
