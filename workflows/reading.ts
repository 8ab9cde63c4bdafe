import { decisions } from '../src/domain/approval.js';
import type { CommandKind } from '../src/domain/command.js';
import { type Milliseconds, readDuration } from '../src/domain/duration.js';
import type { Demand } from '../src/domain/rollout.js';
import type { Heard, WrittenCommand, WrittenDecision } from '../src/messages.js';

/** What a message says, or why it says nothing that could be followed. `proved`: the front door vouches for the person. */
export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly from: string; readonly reason: string };

export interface ReadDecision extends WrittenDecision {
  readonly person: string;
  readonly comment: string;
  readonly proved: boolean;
}

export interface ReadCommand extends Omit<WrittenCommand, 'for'> {
  readonly person: string;
  readonly reason: string;
  readonly proved: boolean;
  readonly lasts?: Milliseconds;
}

/** A decision as a person wrote it: `"grace"`, or `{"person": "grace", "comment": "…"}`. Empty is never an approval. */
export function readDecision(heard: Heard): Read<ReadDecision> {
  const written = readWritten(heard, ['person', 'decision', 'comment', 'gate', 'digest', 'planHash', 'code']);
  if (!written.ok) return written;
  const { person, proved } = written.value;
  const { decision: said, ...value } = written.value.value;
  const decision = decisions.find((known) => known === said);
  if (said !== undefined && !decision) return no(person, `decision "${said}"; possible: ${decisions.join(', ')}`);
  return { ok: true, value: { ...value, ...(decision && { decision }), person, comment: value.comment ?? '', proved } };
}

/** What makes a release safer is heard even when nobody says who asks. */
const safer: readonly CommandKind[] = ['rollback', 'abort', 'pause', 'retry'];

/** A command as a person wrote it: `"dave"`, or `{"person": "dave", "reason": "…"}`. */
export function readCommand(kind: CommandKind, heard: Heard): Read<ReadCommand> {
  const anonymous = heard.ok && (heard.value === undefined || heard.value === null);
  if (anonymous && !heard.actor && safer.includes(kind))
    return {
      ok: true,
      value: { person: heard.sender || 'somebody in the Temporal UI', reason: 'no reason given', proved: false },
    };
  const written = readWritten(heard, ['person', 'reason', 'step', 'full', 'for', 'change']);
  if (!written.ok) return written;
  const { person, value, proved } = written.value;
  const { step, full, change } = value;
  const lasts = value.for === undefined ? undefined : readDuration(value.for);
  if (full !== undefined && full !== 'true' && full !== 'false')
    return no(person, `full "${full}"; possible: true, false`);
  if (value.for !== undefined && lasts === undefined) return no(person, `for "${value.for}"; wanted a duration: 30m`);
  if (value.reason === undefined && !safer.includes(kind))
    return no(person, `no reason; wanted {"person": "…", "reason": "why"}`);
  return {
    ok: true,
    value: {
      person,
      reason: value.reason ?? 'no reason given',
      proved,
      ...(step !== undefined && { step }),
      ...(full === 'true' && { full: true }),
      ...(lasts !== undefined && { lasts }),
      ...(change !== undefined && { change }),
    },
  };
}

/** What an aftercare demands of the mailbox; nothing of another shape. */
export function readDemanded(heard: Heard): Demanded | undefined {
  const said = (heard.ok ? heard.value : undefined) as Partial<Demanded> | undefined;
  const { environment, changeId, demand } = said ?? {};
  if (typeof environment !== 'string' || typeof changeId !== 'string') return undefined;
  return typeof demand?.reason === 'string' && typeof demand.by === 'string' && typeof demand.at === 'string'
    ? { environment, changeId, demand }
    : undefined;
}

export interface Demanded {
  readonly environment: string;
  readonly changeId: string;
  readonly demand: Demand;
}

/** The longest text taken from a message; more says nothing more to people, and history keeps everything. */
const longest = 500;

type Written = Partial<Record<keyof WrittenDecision | keyof WrittenCommand, string>>;

function readWritten(
  heard: Heard,
  fields: readonly (keyof Written)[],
): Read<{ person: string; value: Written; proved: boolean }> {
  if (!heard.ok) return no(heard.sender, heard.error);
  const { actor, sender } = heard;
  const raw = typeof heard.value === 'string' ? { person: heard.value } : heard.value;
  if (raw === undefined || raw === null) return no(actor?.person ?? sender, 'the payload is empty');
  if (typeof raw !== 'object' || Array.isArray(raw))
    return no(
      actor?.person ?? sender,
      `payload of type ${Array.isArray(raw) ? 'array' : typeof raw}; wanted {"person": "…"}`,
    );
  const value: Written = {};
  for (const [key, said] of Object.entries(raw)) {
    const field = fields.find((f) => f === key);
    if (!field)
      return no(actor?.person ?? sender, `unknown field "${key.slice(0, 40)}"; possible: ${fields.join(', ')}`);
    const plain: unknown = field === 'full' && typeof said === 'boolean' ? String(said) : said;
    if (typeof plain !== 'string') return no(actor?.person ?? sender, `${field} is ${typeof said}; wanted text`);
    value[field] = plain.slice(0, longest);
  }
  const person = actor?.person ?? value.person ?? '';
  if (person === '') return no(sender, 'nobody is named: wanted {"person": "…"}');
  return { ok: true, value: { person, value, proved: actor !== undefined } };
}

const no = (from: string, reason: string): { ok: false; from: string; reason: string } => ({
  ok: false,
  from: from.slice(0, 100) || 'unknown sender',
  reason,
});
