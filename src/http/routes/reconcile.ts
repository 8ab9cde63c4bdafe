import { hours } from '../../domain/duration.js';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { writtenReconcile } from '../requests/decision.js';
import { ofService } from '../requests/listing.js';
import { json, nothing, type Route, route } from '../route.js';
import { reconciliation, reconciliationView } from '../views/reconciliation.js';

/** Restores what the engine has forgotten of a service. */
export const reconcileRoute = ({ desk, config }: DoorParts): Route =>
  route({
    method: 'post',
    path: '/v1/services/{name}/reconcile',
    name: 'reconcileService',
    summary:
      "Restores what the engine must know of a service from the records and from what runs, after the engine's data were lost or an older copy was put back; with `dryRun` it only shows it.",
    access: 'person',
    params: ofService,
    query: nothing,
    body: writtenReconcile,
    key: 'none',
    answers: { 200: { description: 'What was restored, and what cannot be known.', schema: reconciliation } },
    async handle({ params: { name }, body: { reason, dryRun = false }, person }) {
      const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
      const known = Object.keys(config.services).join(', ');
      if (!service) throw new Problem('not-found', `service "${name}" is not configured; known: ${known}`);
      mustOperate(person, 'reconcile a service with the records');
      const environments = config.environments.map((environment) => environment.name);
      const due = config.environments.flatMap(({ emergency }) => (emergency ? [emergency.reviewWithin] : []));
      const reviewWithin = Math.min(...due, longest);
      const told = await desk.reconcile(name, { reason, dryRun, environments, reviewWithin }, person.person);
      return json(reconciliationView(told));
    },
  });

/** Where no environment has an emergency path, and so no review falls due: two days, as the specification has it. */
const longest = hours(48);
