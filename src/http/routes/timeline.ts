import { Problem } from '../problems.js';
import type { DoorParts } from '../door.js';
import type { Finder } from '../finding.js';
import type { Following } from '../following.js';
import { ofRelease } from '../requests/decision.js';
import { json, nothing, type Route, route } from '../route.js';
import { stream } from '../stream.js';
import { timeline } from '../views/timeline.js';
import { entriesOf } from './releases.js';

/** The story of a release: at once as JSON, or as it happens. */
export function timelineRoutes(
  parts: DoorParts & { readonly finder: Finder; readonly following: Following },
): readonly Route[] {
  const { finder, following } = parts;
  return [
    route({
      method: 'get',
      path: '/v1/releases/{changeId}/timeline',
      name: 'readTimeline',
      summary:
        'What happened so far; with Accept: text/event-stream also what happens next. Events: `entry` (with an id, for Last-Event-ID), `release` (the release as it is now), `end`.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      key: 'none',
      answers: {
        200: {
          description: 'The timeline.',
          schema: timeline,
          mediaTypes: ['application/json', 'text/event-stream'],
        },
        204: { description: 'To a reader who has seen the end: nothing more will come.' },
      },
      async handle({ params: { changeId }, request }) {
        const wanted = request.accepts(['application/json', 'text/event-stream']);
        if (wanted === false) throw new Problem('media-type', 'possible: application/json, text/event-stream');
        const found = await finder.find(changeId);
        if (wanted === 'text/event-stream') return stream({ following, changeId, after: request.get('Last-Event-ID') });
        return json({ changeId, entries: entriesOf(found) });
      },
    }),
  ];
}
