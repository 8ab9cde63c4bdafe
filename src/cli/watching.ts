import { setTimeout as pause } from 'node:timers/promises';
import { seconds } from '../domain/duration.js';
import type { ReleaseView } from '../http/views/release.js';
import type { Entry } from '../http/views/timeline.js';
import { type Door, NoAnswer, type TimelineEvent } from './door.js';
import { type ExitCode, exitCodes, exitOfState } from './exit-codes.js';
import { plain, when } from './format.js';
import { releaseLines, waitingLines } from './sight.js';
import { print, tell } from './verb.js';

/** How a release is shown while it is watched. */
interface Screen {
  entry(entry: Entry): void;
  release(release: ReleaseView): void;
}

/** Watches a release to its end, or until it waits for people if that is asked; answers with how it ended. */
export async function watchRelease(ask: {
  readonly door: Door;
  readonly changeId: string;
  readonly json?: boolean;
  readonly untilWaiting?: boolean;
}): Promise<ExitCode> {
  const { door, changeId, json } = ask;
  const screen = json ? undefined : process.stdout.isTTY ? liveScreen() : lineScreen();
  let release: ReleaseView | undefined;
  for await (const event of persistently(door, changeId)) {
    if (json) print({ json }, event, []);
    if (event.event === 'entry') screen?.entry(event.entry);
    if (event.event !== 'release') continue;
    release = event.release;
    screen?.release(release);
    if (ask.untilWaiting && release.state !== 'queued' && release.waiting) return exitCodes.waiting;
  }
  release ??= await door.read(changeId);
  return exitOfState(release.state);
}

const patience = seconds(60);

/** The events of a timeline up to its end, across connections that break: each goes on where the one before ended. */
async function* persistently(door: Door, changeId: string): AsyncGenerator<TimelineEvent> {
  let after: string | undefined;
  let heardAt: number | undefined;
  for (;;) {
    try {
      for await (const event of door.follow(changeId, after)) {
        heardAt = Date.now();
        if (event.event === 'entry') after = event.id;
        yield event;
        if (event.event === 'end') return;
      }
    } catch (fault) {
      if (!(fault instanceof NoAnswer) || heardAt === undefined || Date.now() - heardAt > patience) throw fault;
      tell(`${fault.message}; trying again`);
    }
    await pause(seconds(1));
  }
}

/** One line per thing that happened, and per new reason to wait: for logs and pipes. */
function lineScreen(): Screen {
  let waited = '';
  return {
    entry: (entry) => print({}, entry, [entryLine(entry)]),
    release(release) {
      const lines = waitingLines(release);
      const now = lines.join('\n');
      if (now !== waited) print({}, release, lines);
      waited = now;
    },
  };
}

/** The release as it is now, in place; the lines that were drawn before are drawn over. */
function liveScreen(): Screen {
  let drawn = 0;
  const draw = (lines: readonly string[]): void => {
    const width = process.stdout.columns;
    const height = Math.max(5, process.stdout.rows - 1);
    const fitting = lines.slice(-height).map((line) => plain(line).slice(0, width));
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    process.stdout.write(`${up}\u001b[0J${fitting.join('\n')}\n`);
    drawn = fitting.length;
  };
  return {
    entry: () => undefined,
    release: (release) => draw(releaseLines(release)),
  };
}

const entryLine = ({ at, environment, text }: Entry): string =>
  `${when(at)}  ${environment === undefined ? '' : `${environment}: `}${text}`;
