import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CloudEvent } from 'cloudevents';
import { envelope } from '../../src/adapters/events/envelope.js';
import { cdEventsOf } from '../../src/domain/decisions/records/cd-events.js';
import type { RecordedEvent } from '../../src/domain/decisions/records/facts.js';
import { fail } from '../../src/domain/verdict.js';
import { aFlagChange } from '../records/flag-stories.js';
import { aClosedRelease, aGoodCanary, aRequest, aRolledBackCanary, approvals } from '../records/stories.js';
import { problemsOf } from './vocabulary.js';

const page = 'artifacts/integration/incident-20261124T030400Z/incident.md';
const told = (event: RecordedEvent) => cdEventsOf(event, [page]).map((one) => envelope(one, '/slipway'));
const ended = (rollout: ReturnType<typeof aGoodCanary>): RecordedEvent => ({
  kind: 'rollout-ended',
  eventId: 'a',
  rollout,
});

const approval = 'dev.cdeventsx.slipway-approval';
const first = aGoodCanary();
const firstEver = { ...first, plan: { ...first.plan, from: undefined } } as unknown as typeof first;
const back = aRolledBackCanary();
const unverified = {
  ...back,
  outcome: { ...back.outcome, rollback: { ...back.outcome.rollback!, verification: fail('login: 500') } },
};

const cases: readonly { readonly what: string; readonly event: RecordedEvent; readonly types: readonly string[] }[] = [
  { what: 'a plan', event: { kind: 'change-opened', eventId: 'a', request: aRequest() }, types: [] },
  {
    what: 'a version after another',
    event: ended(first),
    types: [`${approval}.given.0.1.0`, `${approval}.given.0.1.0`, 'dev.cdevents.service.upgraded.0.3.0'],
  },
  {
    what: 'a first version',
    event: ended({ ...firstEver, approvals: [] }),
    types: ['dev.cdevents.service.deployed.0.3.0'],
  },
  {
    what: 'a rollback',
    event: ended({ ...back, approvals: [] }),
    types: [
      'dev.cdevents.service.rolledback.0.3.0',
      'dev.cdevents.incident.detected.0.3.0',
      'dev.cdevents.incident.reported.0.3.0',
      'dev.cdevents.incident.resolved.0.3.0',
    ],
  },
  {
    what: 'a rollback that was not verified',
    event: ended({ ...unverified, approvals: [] }),
    types: [
      'dev.cdevents.service.rolledback.0.3.0',
      'dev.cdevents.incident.detected.0.3.0',
      'dev.cdevents.incident.reported.0.3.0',
    ],
  },
  {
    what: 'a rollout that was taken over',
    event: ended({ ...first, approvals: [], outcome: { ...first.outcome, kind: 'taken-over' } }),
    types: [],
  },
  {
    what: 'a refusal',
    event: {
      kind: 'release-closed',
      eventId: 'a',
      release: aClosedRelease({ approvals: [{ ...approvals[0]!, decision: 'reject' }] }),
    },
    types: [`${approval}.refused.0.1.0`],
  },
  {
    what: 'a flag that was changed',
    event: { kind: 'flag-changed', eventId: 'a', change: aFlagChange() },
    types: aFlagChange().approvals.map(() => `${approval}.given.0.1.0`),
  },
];

describe('what machines are told', () => {
  for (const { what, event, types } of cases)
    it(`of ${what}, valid as CDEvents 0.5.0 and as CloudEvents 1.0`, () => {
      const events = told(event);
      assert.deepEqual(
        events.map(({ type }) => type),
        types,
      );
      for (const one of events) {
        assert.deepEqual(problemsOf(one.data), [], JSON.stringify(one));
        assert.ok(new CloudEvent(one).validate());
        assert.deepEqual(
          [one.id, one.source, one.type, one.time, one.subject],
          [
            ...(['id', 'source', 'type', 'timestamp'] as const).map((name) => one.data.context[name]),
            one.data.subject.id,
          ],
        );
      }
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
      assert.deepEqual(told(event), events);
    });

  it('an approval is the same event, whichever record tells it', () => {
    const closed = told({ kind: 'release-closed', eventId: 'b', release: aClosedRelease() });
    assert.deepEqual(told(ended(first)).slice(0, 2), closed);
  });

  it('times, artifacts and the incident are those of the record', () => {
    const [rolledBack, detected, reported, resolved] = told(ended({ ...back, approvals: [] }));
    const { rollback, endedAt } = back.outcome;
    assert.deepEqual(
      [detected?.time, reported?.time, resolved?.time],
      [rollback?.demand.at, endedAt, rollback?.safeAt],
    );
    assert.deepEqual(rolledBack?.data.subject.content, {
      environment: { id: 'production' },
      artifactId: `pkg:generic/shop@1.0.0?checksum=sha256:${'0'.repeat(64)}`,
    });
    assert.deepEqual(reported?.data.subject, {
      id: 'incident-20261124T030400Z',
      source: '/slipway',
      content: {
        environment: { id: 'production' },
        service: { id: 'service/shop' },
        artifactId: `pkg:generic/shop@1.1.0?checksum=sha256:${'1'.repeat(64)}`,
        description: 'error-rate: 0.081 is above 0.052',
        ticketURI: `urn:slipway:record:${page}`,
      },
    });
    assert.notEqual(envelope(cdEventsOf(ended(first), [])[0]!, '/other').id, told(ended(first))[0]?.id);
  });
});
