import type { Address, Desk, FoundRelease, FoundRollout } from './desk.js';
import { Problem } from './problems.js';

/** A release as it was found: begun, or still in the queue of its service. */
export type Found =
  | { readonly kind: 'begun'; readonly release: FoundRelease; readonly rollouts: readonly FoundRollout[] }
  | { readonly kind: 'queued'; readonly at: Address; readonly ahead: number };

export type Finder = ReturnType<typeof createFinder>;

/**
 * Finds releases by their change id alone. The engine lists a release some 100 ms after it has begun, and not at all
 * while it is queued; so what was found is remembered, and the mailboxes of the services are asked last.
 */
export function createFinder({ desk, services }: { readonly desk: Desk; readonly services: readonly string[] }) {
  const known = new Map<string, Address>();
  return { addressOf, find, remember };

  /** Throws the problem `not-found`. */
  async function addressOf(changeId: string): Promise<Address> {
    const remembered = known.get(changeId);
    if (remembered) return remembered;
    const service = (await desk.serviceOf(changeId)) ?? (await mailboxOf(changeId));
    if (service === undefined) throw new Problem('not-found', `there is no release ${changeId}`);
    return remember({ service, changeId });
  }

  /** Throws the problem `not-found`. */
  async function find(changeId: string): Promise<Found> {
    const at = await addressOf(changeId);
    const [release, rollouts] = await Promise.all([desk.release(at), desk.rollouts(at)]);
    if (release) return { kind: 'begun', release, rollouts };
    const standing = await desk.standing(at.service);
    const place = standing?.queue.indexOf(changeId) ?? -1;
    const before = standing?.underWay === undefined ? 0 : 1;
    if (place >= 0) return { kind: 'queued', at, ahead: place + before };
    if (standing?.underWay === changeId) return { kind: 'queued', at, ahead: 0 };
    throw new Problem(
      'not-found',
      `there is no release ${changeId} any more; its records are in the governance repository`,
    );
  }

  async function mailboxOf(changeId: string): Promise<string | undefined> {
    const standings = await Promise.all(services.map((service) => desk.standing(service)));
    const holder = standings.find((s) => s?.underWay === changeId || s?.queue.includes(changeId));
    return holder?.service;
  }

  function remember(at: Address): Address {
    const [oldest] = known.keys();
    if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest);
    known.set(at.changeId, at);
    return at;
  }
}

const mostKnown = 1_000;
