import * as z from 'zod';
import { type Acknowledgement, whyNotAcknowledged } from '../../domain/acknowledgement.js';
import type { DoorParts } from '../door.js';
import type { Finder } from '../finding.js';
import { Problem } from '../problems.js';
import { ofRelease, writtenAcknowledgement } from '../requests/decision.js';
import { json, nothing, type Route, route } from '../route.js';
import * as nouns from '../views/nouns.js';

const acknowledgement = z
  .strictObject({ changeId: z.string(), by: z.string(), at: nouns.instant, comment: z.string().exactOptional() })
  .meta({ id: 'Acknowledgement' }) satisfies z.ZodType<Acknowledgement>;

const acknowledged = z
  .strictObject({ service: z.string(), acknowledged: nouns.list(acknowledgement) })
  .meta({ id: 'Acknowledged' });

export type AcknowledgedView = z.infer<typeof acknowledged>;

/** Whoever is on call says that he knows of what was told of a change. */
export const acknowledgementRoutes = ({ desk, finder }: DoorParts & { readonly finder: Finder }): readonly Route[] => [
  route({
    method: 'post',
    path: '/v1/releases/{changeId}/acknowledgements',
    name: 'acknowledgeRelease',
    summary:
      'Says that whoever is on call knows: of a coming deployment, for which it is evidence, or of what was told urgently, which is repeated until then. Takes the role on-call.',
    access: 'person',
    params: ofRelease,
    query: nothing,
    body: writtenAcknowledgement,
    key: 'none',
    answers: { 200: { description: 'What was acknowledged of this change.', schema: acknowledged } },
    async handle({ params: { changeId }, body: { comment }, person: { person, roles } }) {
      const said = { changeId, roles, ...(comment !== undefined && { comment }) };
      const why = whyNotAcknowledged(person, said);
      if (why !== undefined) throw new Problem('wrong-role', why);
      const { service } = await finder.addressOf(changeId);
      const { acknowledged: all = [] } = await desk.acknowledge(service, said, person);
      return json({ service, acknowledged: all.filter((one) => one.changeId === changeId) });
    },
  }),
];
