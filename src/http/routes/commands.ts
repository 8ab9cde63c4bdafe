import type { ReleaseProgress } from '../../domain/release.js';
import type { WrittenDecision } from '../../messages.js';
import { type Address, type Caller, DeskFault } from '../desk.js';
import type { DoorParts } from '../door.js';
import type { Finder } from '../finding.js';
import { Problem } from '../problems.js';
import { ofRelease, writtenApproval, writtenReason } from '../requests/decision.js';
import { type Answer, type Asked, json, nothing, type Route, route } from '../route.js';
import { release } from '../views/release.js';
import { viewOf } from './releases.js';

const answered = { 200: { description: 'It was followed; the release as it is now.', schema: release } };

/** What people say to a release. Whether it counts is the workflow's to say; its refusal is answered with the rule. */
export function commandRoutes(parts: DoorParts & { readonly finder: Finder }): readonly Route[] {
  const { desk, finder } = parts;
  return [
    route({
      method: 'post',
      path: '/v1/releases/{changeId}/approvals',
      name: 'decideRelease',
      summary: 'Approves or rejects what waits at the open gate. Only listed roles count, and never who asked for it.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      body: writtenApproval,
      key: 'optional',
      answers: answered,
      handle: (ask) => say(ask, (at, from) => desk.decide(at, ask.body as WrittenDecision, from)),
    }),
    route({
      method: 'post',
      path: '/v1/releases/{changeId}/rollback',
      name: 'rollBackRelease',
      summary: 'Goes back now, in whatever phase. Everybody with a token may; it is never refused for rank or rate.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      body: writtenReason,
      key: 'optional',
      answers: answered,
      handle: (ask) => say(ask, (at, from) => desk.rollback(at, ask.body, from)),
    }),
    route({
      method: 'post',
      path: '/v1/releases/{changeId}/retry',
      name: 'retryRelease',
      summary: 'Has a way back that is stuck tried again.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      body: writtenReason,
      key: 'optional',
      answers: answered,
      handle: (ask) => say(ask, (at, from) => desk.retry(at, ask.body, from)),
    }),
  ];

  async function say<B>(
    { params, person, key }: Asked<{ changeId: string }, unknown, B>,
    message: (at: Address, from: Caller) => Promise<ReleaseProgress>,
  ): Promise<Answer> {
    const at = await finder.addressOf(params.changeId);
    try {
      await message(at, { person: person.person, ...(key !== undefined && { key }) });
    } catch (fault) {
      throw await explained(at, fault);
    }
    return json(viewOf(await finder.find(params.changeId), parts));
  }

  /** Nothing runs that could hear it: not yet, or not any more. */
  async function explained(at: Address, fault: unknown): Promise<unknown> {
    if (!(fault instanceof DeskFault) || fault.kind !== 'not-running') return fault;
    const found = await finder.find(at.changeId);
    if (found.kind === 'queued')
      return new Problem('refused', `${at.changeId} has not begun: ${found.ahead} before it, nothing to act on`);
    const { order, outcome, state } = found.release.progress;
    return new Problem(
      'refused',
      `${at.changeId} is closed (${outcome?.kind ?? state}). To change what runs, release a version of ${order.service} again`,
    );
  }
}
