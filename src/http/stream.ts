import type { Response } from 'express';
import { seconds } from '../domain/duration.js';
import type { Following, Seen, Sight } from './following.js';
import type { Answer } from './route.js';

/** An answer that goes on as server-sent events until the release has ended or the reader has gone. */
export function stream(ask: {
  readonly following: Following;
  readonly changeId: string;
  /** The id of the last entry the reader has seen. */
  readonly after: string | undefined;
}): Answer {
  return { kind: 'stream', write: (response) => tell(response, ask) };
}

const heartbeat = seconds(15);
/** A reader who takes nothing for this many bytes is let go; he may come back with the id he has seen last. */
const mostUnread = 1_000_000;

function tell(response: Response, { following, changeId, after }: Parameters<typeof stream>[0]): void {
  const told = new Set<string>();
  let shown = '';
  let begun = false;
  const beat = setInterval(() => response.write(': still here\n\n'), heartbeat);
  const stop = following.follow(changeId, hear);
  response.on('close', leave);
  response.app.once('closing', end);

  function hear(seen: Seen): void {
    if (seen.kind === 'unseen') return begun ? void response.write(': the engine does not answer\n\n') : undefined;
    if (!begun && seen.sight.ended && seen.sight.entries.at(-1)?.id === after) return void response.status(204).end();
    if (!begun) begin(seen.sight);
    for (const entry of seen.sight.entries.filter(({ id }) => !told.has(id))) {
      told.add(entry.id);
      send('entry', entry, entry.id);
    }
    const now = JSON.stringify(seen.sight.release);
    if (now !== shown) response.write(`event: release\ndata: ${now}\n\n`);
    shown = now;
    if (seen.sight.ended) return finish();
    if (response.writableLength > mostUnread) response.destroy();
  }

  function begin({ entries }: Sight): void {
    begun = true;
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    const seenUpTo = entries.findIndex(({ id }) => id === after);
    for (const { id } of entries.slice(0, seenUpTo + 1)) told.add(id);
  }

  function send(event: string, data: unknown, id: string): void {
    response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function finish(): void {
    response.write('event: end\ndata: {}\n\n');
    end();
  }

  function end(): void {
    response.end();
  }

  function leave(): void {
    clearInterval(beat);
    stop();
    response.app.off('closing', end);
  }
}
