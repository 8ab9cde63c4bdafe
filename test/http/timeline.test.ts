import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { after } from '../../src/domain/duration.js';
import { DeskFault } from '../../src/http/desk.js';
import { openDoor, type TimelineEvent } from '../../src/cli/door.js';
import { aRelease, aRollout } from '../support/memory-desk.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { tuesday } from '../support/orders.js';

const id = 'change-20261124-01';
const minute = (n: number): string => after(tuesday, n * 60_000);

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor();
});
afterEach(() => door.close());

const follow = (after?: string) => openDoor({ url: door.url, token: 'token-dave' }).follow(id, after);
const rolling = (share: number) => {
  door.desk.put(aRelease({}, { state: 'rolling-out', environment: 'production' }), [aRollout({ share })]);
};
const close = (): void => {
  const { run, progress } = aRelease();
  const outcome = {
    kind: 'succeeded',
    reason: 'stable',
    changeId: id,
    service: 'shop',
    version: '1.1.0',
    adopted: [],
    records: [],
  } as const;
  door.desk.put(
    { run: { ...run, status: 'closed', closedAt: minute(9) }, progress: { ...progress, state: 'succeeded', outcome } },
    [aRollout()],
  );
};

/** Reads on until an event is as asked; everything up to it. */
async function until(events: AsyncGenerator<TimelineEvent>, is: (event: TimelineEvent) => boolean) {
  const seen: TimelineEvent[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return seen;
    seen.push(next.value);
    if (is(next.value)) return seen;
  }
}

const ids = (events: readonly TimelineEvent[]): readonly string[] =>
  events.flatMap((event) => (event.event === 'entry' ? [event.id] : []));

describe('The timeline of a release', () => {
  it('tells what happened in the order it happened, each thing under an id that stays', async () => {
    const demand = { by: 'dave', reason: 'customers cannot pay', at: minute(2), cause: 'person' } as const;
    const refused = [{ at: minute(1), message: 'approve', from: 'zoe', reason: 'not one of the people' }];
    door.desk.put(aRelease({}, { refused }), [aRollout({ demand })]);
    const { body } = await door.ask('dave', 'GET', `/v1/releases/${id}/timeline`);
    const entries = body['entries'] as { id: string; kind: string; at: string }[];
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['asked', 'step', 'verdict', 'refusal', 'demand'],
    );
    assert.equal(new Set(entries.map((entry) => entry.id)).size, entries.length);
    const again = await door.ask('dave', 'GET', `/v1/releases/${id}/timeline`);
    assert.deepEqual(again.body, body);
  });

  it('of one moment tells the verdict before the demand, the demand before the way back, and the end last', async () => {
    const at = { begunAt: tuesday, endedAt: tuesday };
    const forth = { id: '02-shift', step: { kind: 'shift', share: 25 }, direction: 'forth', ...at } as const;
    const back = { id: '02-shift', step: { kind: 'shift', share: 0 }, direction: 'back', ...at } as const;
    const demand = { by: 'slipway', reason: 'error-rate', at: tuesday, cause: 'judgement' } as const;
    const fail = { kind: 'fail', reason: 'error-rate' } as const;
    const steps = [
      { ...forth, verdict: fail },
      { ...back, verdict: { kind: 'pass', reason: 'read back' } as const },
    ];
    const stages = [{ environment: 'production', outcome: { kind: 'rolled-back', ...at } as const }];
    door.desk.put(aRelease({}, { stages }), [aRollout({ steps, demand })]);
    const { body } = await door.ask('dave', 'GET', `/v1/releases/${id}/timeline`);
    const kinds = (body['entries'] as { kind: string }[]).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['asked', 'step', 'verdict', 'demand', 'step', 'verdict', 'stage']);
  });

  it('as a stream tells changes only, and ends with the release', async () => {
    rolling(5);
    const events = follow();
    const first = await until(events, ({ event }) => event === 'release');
    assert.deepEqual(ids(first).slice(0, 1), ['asked']);
    const looks = door.desk.looks();
    rolling(25);
    const next = await until(events, ({ event }) => event === 'release');
    assert.equal(next.length, 1);
    assert.ok(door.desk.looks() > looks);
    close();
    const rest = await until(events, ({ event }) => event === 'end');
    assert.deepEqual(ids(rest), ['closed']);
    assert.deepEqual(await events.next(), { value: undefined, done: true });
  });

  it('goes on from the last entry that was seen', async () => {
    rolling(5);
    const [first, second] = ids(await until(follow(), ({ event }) => event === 'release'));
    const resumed = await until(follow(first), ({ event }) => event === 'release');
    assert.equal(ids(resumed)[0], second);
    const unknown = await until(follow('never-was'), ({ event }) => event === 'release');
    assert.equal(ids(unknown)[0], 'asked');
  });

  it('to a reader who has seen the end says that nothing more will come', async () => {
    close();
    const all = await until(follow(), ({ event }) => event === 'end');
    const accept = { accept: 'text/event-stream', 'last-event-id': ids(all).at(-1) ?? '' };
    const { status } = await door.ask('dave', 'GET', `/v1/releases/${id}/timeline`, { headers: accept });
    assert.equal(status, 204);
  });

  it('looks once for all who listen, and not at all when nobody does', async () => {
    rolling(5);
    const streams = Array.from({ length: 20 }, () => follow());
    await Promise.all(streams.map((events) => until(events, ({ event }) => event === 'release')));
    const before = door.desk.looks();
    rolling(25);
    await Promise.all(streams.map((events) => until(events, ({ event }) => event === 'release')));
    assert.ok(door.desk.looks() - before <= 10, `${door.desk.looks() - before} looks for 20 listeners`);
    await Promise.all(streams.map((events) => events.return(undefined)));
  });

  it('survives an engine that does not answer for a while', async () => {
    rolling(5);
    const events = follow();
    await until(events, ({ event }) => event === 'release');
    door.desk.failWith(new DeskFault('unreachable', 'gone'));
    setTimeout(() => {
      door.desk.failWith(undefined);
      close();
    }, 400);
    assert.deepEqual(ids(await until(events, ({ event }) => event === 'end')), ['closed']);
  });

  it('is refused like everything else before it begins', async () => {
    const headers = { accept: 'text/event-stream' };
    assert.equal((await door.ask('dave', 'GET', `/v1/releases/${id}/timeline`, { headers })).status, 404);
    assert.equal((await door.ask(undefined, 'GET', `/v1/releases/${id}/timeline`, { headers })).status, 401);
  });

  it('ends when the door closes', async () => {
    rolling(5);
    const events = follow();
    await until(events, ({ event }) => event === 'release');
    await door.close();
    assert.equal((await events.next()).done, true);
  });
});
