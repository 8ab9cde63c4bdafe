import { get } from 'node:http';

/** What the host itself sees of an instance when it asks. */
export interface Health {
  /** Answers on its health path. */
  readonly healthy: boolean;
  /** Answers on its ready path too: may be given requests. */
  readonly ready: boolean;
  /** The digest that it says itself it runs, in the header `slipway-digest` of its health path; missing where it says none. */
  readonly reported: string | undefined;
  /** Begins to look, quickly until the first good answer. Returns after the first look. */
  begin(port: number): Promise<void>;
  /** Looks now, not at the next turn. */
  hurry(): void;
  /** Stops looking: whoever asks is told that it is not healthy. */
  end(): void;
}

const every = 300;
const eagerly = 40;
const patience = 1_000;
const missesAllowed = 1;

/** Looks at an instance again and again. `missed` is told of each look without an answer, `changed` of each change. */
export function createHealth(of: {
  readonly paths: { readonly health: string; readonly ready: string };
  readonly changed: () => void;
  readonly missed: () => void;
}): Health {
  let round: { readonly port: number; timer?: NodeJS.Timeout; seen: boolean; misses: number } | undefined;
  let now: { healthy: boolean; ready: boolean; reported?: string } = { healthy: false, ready: false };

  const say = (next: typeof now) => {
    if (next.healthy === now.healthy && next.ready === now.ready && next.reported === now.reported) return;
    now = next;
    of.changed();
  };

  const look = async () => {
    const mine = round;
    if (!mine) return;
    clearTimeout(mine.timer);
    const { ok: healthy, reported = now.reported } = await ask(mine.port, of.paths.health);
    const ready = healthy && (of.paths.ready === of.paths.health || (await ask(mine.port, of.paths.ready)).ok);
    if (round !== mine) return;
    mine.seen ||= ready;
    mine.misses = ready ? 0 : mine.misses + 1;
    const forgiven = mine.misses <= missesAllowed;
    say({
      healthy: healthy || (now.healthy && forgiven),
      ready: ready || (now.ready && forgiven),
      ...(reported !== undefined && { reported }),
    });
    clearTimeout(mine.timer);
    mine.timer = setTimeout(() => void look(), mine.seen ? every : eagerly);
    if (!healthy) of.missed();
  };

  const end = () => {
    clearTimeout(round?.timer);
    round = undefined;
    say({ healthy: false, ready: false });
  };

  return {
    get healthy() {
      return now.healthy;
    },
    get ready() {
      return now.ready;
    },
    get reported() {
      return now.reported;
    },
    begin: (port) => {
      end();
      round = { port, seen: false, misses: 0 };
      return look();
    },
    hurry: () => void look(),
    end,
  };
}

interface Answered {
  readonly ok: boolean;
  readonly reported?: string;
}

const ask = (port: number, path: string): Promise<Answered> =>
  new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: patience }, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      const said = answer.headers['slipway-digest'];
      resolve({ ok: status >= 200 && status < 300, ...(typeof said === 'string' && { reported: said }) });
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve({ ok: false }));
    request.once('close', () => resolve({ ok: false }));
  });
