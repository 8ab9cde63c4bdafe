import type { CommandKind } from '../../domain/command.js';
import type { WrittenDecision } from '../../messages.js';
import { codeFor } from '../coding.js';
import { comebackOf } from '../comeback.js';
import { type Address, type Caller, DeskFault } from '../desk.js';
import type { DoorParts } from '../door.js';
import type { Finder } from '../finding.js';
import { Problem } from '../problems.js';
import { ofRelease, writtenApproval, writtenCommand, writtenPromotion, writtenSnooze } from '../requests/decision.js';
import { type Answer, type Asked, json, nothing, type Route, route } from '../route.js';
import { approvalCode } from '../views/approval-code.js';
import { linksOf } from '../views/links.js';
import { release } from '../views/release.js';
import { accepted, viewOf } from './releases.js';

type PlainCommand = Exclude<CommandKind, 'rollback' | 'promote' | 'snooze'>;

const answered = { 200: { description: 'It was followed; the release as it is now.', schema: release } };

/** Every command but those which have more to say; in the order of the help. */
const plain: Readonly<Record<PlainCommand, { name: string; summary: string }>> = {
  abort: {
    name: 'abortRelease',
    summary:
      'Ends it: users on the stable lane, the candidate left to be looked at. Goes back no further, vetoes nothing.',
  },
  pause: {
    name: 'pauseRelease',
    summary: 'Nothing further begins until it is resumed; what users meet is watched on.',
  },
  resume: { name: 'resumeRelease', summary: 'Goes on after a pause.' },
  skip: { name: 'skipStep', summary: 'Leaves one look out, or a step of a way back that is stuck.' },
  retry: { name: 'retryRelease', summary: 'Has what is held or stuck tried again.' },
  'take-over': { name: 'takeOverRelease', summary: 'Ends what is held or stuck as it is; the rest is in your hands.' },
};

/** What people say to a release. Whether it counts is the workflow's to say; its refusal is answered with the rule. */
export function commandRoutes(parts: DoorParts & { readonly finder: Finder }): readonly Route[] {
  const { desk, finder, codes, temporalUi } = parts;
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
      method: 'get',
      path: '/v1/releases/{changeId}/approval-code',
      name: 'readApprovalCode',
      summary:
        'The one-time code that proves in the Temporal UI who approves: made for whoever asks, for exactly what waits.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'The code.', schema: approvalCode } },
      async handle({ params: { changeId }, person: { person } }) {
        const found = await finder.find(changeId);
        if (found.kind === 'queued') throw new Problem('refused', `${changeId} has not begun: nothing waits`);
        const { stages, environment, order } = found.release.progress;
        const stage = stages.find((one) => one.environment === environment);
        const policy = order.stages.find((one) => one.environment === environment)?.approval;
        if (!policy) throw new Problem('refused', `${changeId} waits for no approval now`);
        const { roster, requester } = order;
        const waiting = { changeId, approval: stage?.approval, policy, roster, requester: requester.person };
        return json(await codeFor(person, waiting, codes));
      },
    }),
    route({
      method: 'post',
      path: '/v1/releases/{changeId}/rollback',
      name: 'rollBackRelease',
      summary:
        'Goes back now, in whatever phase; after the release has ended, as a new release of the former version. Everybody with a token may; it is never refused for rank or rate.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      body: writtenCommand,
      key: 'optional',
      answers: {
        ...answered,
        202: { description: 'It had ended: the former version comes back as this release.', schema: accepted },
      },
      async handle(ask) {
        try {
          return await leave(ask, 'rollback');
        } catch (fault) {
          const at = fault instanceof Closed ? fault.at : await closing(ask.params.changeId, fault);
          if (!at) throw fault;
          return await comeBack(ask, at);
        }
      },
    }),
    route({
      method: 'post',
      path: '/v1/releases/{changeId}/promote',
      name: 'promoteRelease',
      summary:
        'Ends the observation under way, or with `full` all that are left. Every other step is taken as planned.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      body: writtenPromotion,
      key: 'optional',
      answers: answered,
      handle: (ask) => say(ask, (at, from) => desk.command(at, 'promote', saidIn(ask.body), from)),
    }),
    route({
      method: 'post',
      path: '/v1/releases/{changeId}/snooze',
      name: 'snoozeAlerts',
      summary:
        'Lets alerts move nothing for a while, or to the end; `0s` ends that. What the windows see moves it all the same.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      body: writtenSnooze,
      key: 'optional',
      answers: answered,
      handle: (ask) => {
        const { reason, for: lasts } = ask.body;
        const said = { reason, ...(lasts !== undefined && { for: `${lasts}ms` }) };
        return say(ask, (at, from) => desk.command(at, 'snooze', said, from));
      },
    }),
    ...Object.entries(plain).map(([kind, { name, summary }]) =>
      route({
        method: 'post',
        path: `/v1/releases/{changeId}/${kind}`,
        name,
        summary,
        access: 'person',
        params: ofRelease,
        query: nothing,
        body: writtenCommand,
        key: 'optional',
        answers: answered,
        handle: (ask) =>
          kind === 'abort'
            ? leave(ask, 'abort')
            : say(ask, (at, from) => desk.command(at, kind as CommandKind, saidIn(ask.body), from)),
      }),
    ),
  ];

  async function say<B>(
    { params, person, key }: Asked<{ changeId: string }, unknown, B>,
    message: (at: Address, from: Caller) => Promise<unknown>,
  ): Promise<Answer> {
    const at = await finder.addressOf(params.changeId);
    try {
      await message(at, { person: person.person, ...(key !== undefined && { key }) });
    } catch (fault) {
      throw await explained(at, fault);
    }
    return json(viewOf(await finder.find(params.changeId), parts));
  }

  /** Said first and looked at afterwards: a way back waits for no lookup. Who waits for its turn is taken back by its mailbox. */
  async function leave(
    ask: Asked<{ changeId: string }, unknown, { reason: string; step?: string | undefined }>,
    kind: 'rollback' | 'abort',
  ): Promise<Answer> {
    const { person, body } = ask;
    const command = () => say(ask, (at, from) => desk.command(at, kind, saidIn(body), from));
    try {
      return await command();
    } catch (fault) {
      if (!(fault instanceof Waiting)) throw fault;
      const { service, changeId } = fault.at;
      const taken = await desk
        .withdraw(service, { changeId, by: person.person, reason: body.reason })
        .catch(begunMeanwhile);
      return taken ? json(viewOf(await finder.find(changeId), parts)) : await command();
    }
  }

  async function comeBack(
    { person, key, body }: Asked<{ changeId: string }, unknown, { reason: string }>,
    { service, changeId: of }: Address,
  ): Promise<Answer> {
    const ask = comebackOf(parts, { service, of, person, reason: body.reason, ...(key !== undefined && { key }) });
    const { changeId, ahead } = await desk.comeBack(ask);
    const links = linksOf(finder.remember({ service, changeId }), temporalUi);
    return json({ changeId, ahead, links }, 202, { Location: links.self });
  }

  /** Too late for the release itself, which writes its records or has just done so: its mailbox brings the former version back. */
  async function closing(changeId: string, fault: unknown): Promise<Address | undefined> {
    if (!(fault instanceof DeskFault) || fault.kind !== 'refused') return undefined;
    const found = await finder.find(changeId);
    if (found.kind === 'queued') return undefined;
    const { state, outcome, order } = found.release.progress;
    return state === 'recording' || outcome ? { service: order.service, changeId } : undefined;
  }

  /** Nothing runs that could hear it: not yet, or not any more. */
  async function explained(at: Address, fault: unknown): Promise<unknown> {
    if (!(fault instanceof DeskFault) || fault.kind !== 'not-running') return fault;
    const found = await finder.find(at.changeId);
    if (found.kind === 'queued')
      return new Waiting(at, `${at.changeId} has not begun: ${found.ahead} before it, nothing to act on`);
    const { order, outcome, state } = found.release.progress;
    const ended = found.release.run.status === 'lost' ? 'ended from outside' : (outcome?.kind ?? state);
    return new Closed(
      at,
      `${at.changeId} is closed (${ended}). To change what runs, \`rollback\` it or release a version of ${order.service} again`,
    );
  }
}

/** What does not wait any longer has begun, and hears it itself. */
function begunMeanwhile(fault: unknown): undefined {
  if (!(fault instanceof DeskFault) || fault.kind !== 'refused') throw fault;
}

/** The release has not begun: it can only be taken back. */
class Waiting extends Problem {
  readonly at: Address;

  constructor(at: Address, detail: string) {
    super('refused', detail);
    this.at = at;
  }
}

/** The release has ended: only going back has a meaning still. */
class Closed extends Problem {
  readonly at: Address;

  constructor(at: Address, detail: string) {
    super('refused', detail);
    this.at = at;
  }
}

/** Without the keys that nothing was written for. */
const saidIn = ({ reason, step, full }: { reason: string; step?: string | undefined; full?: boolean | undefined }) => ({
  reason,
  ...(step !== undefined && { step }),
  ...(full !== undefined && { full }),
});
