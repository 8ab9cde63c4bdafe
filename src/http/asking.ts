import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { nearest } from '../config/nearest.js';
import type { Config, ServiceConfig } from '../config/config.js';
import { stageOrders } from '../config/orders.js';
import type { Emergency } from '../domain/emergency.js';
import { governanceBoard } from '../domain/environment.js';
import type { StageOrder } from '../domain/release.js';
import type { KnownRevision, Sources } from '../ports/builder.js';
import { checkBound } from './flag-asking.js';
import type { LiveFlags } from './live-flags.js';
import { Problem } from './problems.js';
import type { WrittenPlan } from './requests/release.js';

/** What a written release means: the commit it names, and what each environment asks of it. Nothing is started by asking. */
export async function meantBy(
  {
    service,
    version,
    ref,
    environments,
    flags: bound = [],
    emergency,
  }: WrittenPlan & { readonly emergency?: string | undefined },
  { config, sources, flags }: { readonly config: Config; readonly sources: Sources; readonly flags: LiveFlags },
): Promise<{ readonly revision: KnownRevision; readonly stages: readonly StageOrder[] }> {
  const all = stageOrders(
    config,
    knownService(service, config, '/service'),
    emergency === undefined ? 'standard' : 'emergency',
  );
  checkEnvironments(environments, all);
  const asked = all.slice(0, environments?.length);
  await checkBound(
    bound,
    asked.map(({ environment }) => environment),
    flags,
  );
  const revision = await sources.resolve({
    service,
    ref: ref ?? version ?? '',
    ...(version !== undefined && { version }),
  });
  return { revision, stages: asked.map((stage) => (bound.length > 0 ? { ...stage, flags: bound } : stage)) };
}

/** What an emergency costs. Throws a problem where nobody could let it into production. */
export function emergencyOf(
  { reason, requester }: { readonly reason: string; readonly requester: string },
  { config, stages }: { readonly config: Config; readonly stages: readonly StageOrder[] },
): Emergency {
  const last = stages.findLast(({ tier }) => tier === 'production');
  const environment = config.environments.find(({ name }) => name === last?.environment);
  const { emergency } = environment ?? {};
  if (!emergency)
    throw new Problem('senseless', 'only production has an emergency path: elsewhere release without it', {
      errors: [
        { pointer: '/emergency', met: 'no production among the environments', wanted: 'a release into production' },
      ],
    });
  const needed = emergency.approval.roles.length;
  const board = Object.entries(config.people).flatMap(([name, { roles }]) =>
    roles.includes(governanceBoard) && name !== requester ? [name] : [],
  );
  if (board.length < needed)
    throw new Problem(
      'refused',
      `an emergency takes ${needed} people with the role ${governanceBoard}, none of them who asks; beside ${requester} it is held by ${board.join(', ') || 'nobody'}. Give the role to people in slipway.yml`,
    );
  const { escalateAfter, reviewWithin } = emergency;
  return { reason, escalateAfter, reviewWithin };
}

/** SHA-256 over the canonical JSON of what this person wrote: tells a repetition from another request. */
export const fingerprintOf = (written: unknown, person: string): string =>
  `sha256:${createHash('sha256')
    .update(canonicalize({ person, written }) ?? '')
    .digest('hex')}`;

/** The service that a request names at `pointer`. Throws a problem that names those there are. */
export function knownService(service: string, config: Config, pointer: string): ServiceConfig {
  const found = Object.hasOwn(config.services, service) ? config.services[service] : undefined;
  if (found) return found;
  const known = Object.keys(config.services);
  const near = nearest(service, known);
  const hint = near === undefined ? '' : `. Did you mean ${near}?`;
  throw new Problem('senseless', `service "${service}" is not configured; known: ${known.join(', ')}${hint}`, {
    errors: [{ pointer, met: `"${service}"`, wanted: `one of ${known.join(', ')}${hint}` }],
  });
}

/** Staging is where production is rehearsed: no environment is left out before another. */
function checkEnvironments(asked: readonly string[] | undefined, all: readonly StageOrder[]): void {
  const names = all.map(({ environment }) => environment);
  const asIs = asked?.every((environment, i) => environment === names[i]) ?? true;
  if (asIs) return;
  const wanted = `the first of ${names.join(', ')}, in this order and without a gap`;
  throw new Problem('senseless', `environments ${asked?.join(', ') ?? ''}: wanted ${wanted}`, {
    errors: [{ pointer: '/environments', met: asked?.join(', ') ?? '', wanted }],
  });
}

/** A key that was used for something else is an error of the caller: nothing is started twice, and nothing answered wrongly. */
export function checkSame(
  accepted: { readonly fingerprint: string; readonly changeId: string },
  fingerprint: string,
): void {
  // What was asked for under a key that was restored from the records is not known any more.
  if (accepted.fingerprint === fingerprint || accepted.fingerprint === '') return;
  throw new Problem('key-reused', `the key was used for another request, which became ${accepted.changeId}`);
}
