import { hours, minutes } from '../../../src/domain/duration.js';
import type { RecordedEvent } from '../../../src/domain/decisions/records/facts.js';
import {
  aClosedRelease,
  aGoodCanary,
  anOrder,
  aRequest,
  aRolledBackCanary,
  aStagingRollout,
} from '../../records/stories.js';

/** One release in twenty goes back. */
const rolledBackEvery = 20;

/** A history as large as those of a short release: some 4 kB. */
const history = {
  events: Array.from({ length: 40 }, (_, n) => ({
    eventId: String(n + 1),
    eventType: 'EVENT_TYPE_ACTIVITY_TASK_STARTED',
  })),
};

/** The four entries of a release: planned, staging, production, closed. There is one every 36 minutes, 40 a day, from 0 on. */
export function releaseStory(number: number): readonly RecordedEvent[] {
  const place = { day: Math.floor(number / 40), of: (number % 40) + 1 };
  const midnight = Date.parse('2026-11-24T02:00:00.000Z') - hours(2);
  const offset = place.day * hours(24) + (place.of - 1) * minutes(36) - hours(2);
  const day = new Date(midnight + place.day * hours(24)).toISOString().slice(0, 10).replaceAll('-', '');
  const changeId = `change-${day}-${String(place.of).padStart(2, '0')}`;
  const order = anOrder(changeId);
  const production = number % rolledBackEvery === rolledBackEvery - 1 ? aRolledBackCanary : aGoodCanary;
  const events: readonly RecordedEvent[] = [
    { kind: 'change-opened', eventId: `open/${number}`, request: aRequest() },
    { kind: 'rollout-ended', eventId: `rollout/${changeId}/staging`, rollout: aStagingRollout({ order }) },
    { kind: 'rollout-ended', eventId: `rollout/${changeId}/production`, rollout: production({ order }) },
    {
      kind: 'release-closed',
      eventId: `close/${changeId}`,
      release: aClosedRelease({ order, histories: { [`release/shop/${changeId}`]: history } }),
    },
  ];
  return events.map((event) => moved(event, offset));
}

/** The same with every time of day in it moved. */
const moved = <T>(event: T, offset: number): T =>
  JSON.parse(
    JSON.stringify(event).replace(/\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z/g, (at) =>
      new Date(Date.parse(at) + offset).toISOString(),
    ),
  ) as T;
