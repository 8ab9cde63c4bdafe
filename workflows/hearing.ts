import type { WorkflowInterceptors } from '@temporalio/workflow';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import { precedence } from '../src/domain/command.js';
import { type Actor, actorHeader, type Heard } from '../src/messages.js';

/**
 * Makes messages harmless. The Temporal UI and other clients can send anything as a signal: bytes that no converter
 * reads, nothing at all, another shape. Decoding happens before any handler, and a payload that cannot be decoded would
 * fail the workflow task again and again. So every signal's payload is replaced by a `Heard` before it is decoded, and
 * handlers judge that. A pure function of history: replays the same.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const { signalWorkflow } of input.activation.jobs ?? []) {
          if (!signalWorkflow) continue;
          const said = hear(signalWorkflow.input?.[0], signalWorkflow.identity ?? '');
          const eventId = Number(String(signalWorkflow.originatingEventId ?? 0));
          const heard = said.ok && eventId > 0 ? { ...said, eventId } : said;
          signalWorkflow.input = [defaultPayloadConverter.toPayload(heard)];
        }
        next(input);
      },
    },
  ],
  inbound: [
    {
      handleSignal(input, next) {
        return next({ ...input, args: [vouchedFor(input.args[0] as Heard, input.headers)] });
      },
      validateUpdate(input, next) {
        next({ ...input, args: heardUpdate(input) });
      },
      handleUpdate(input, next) {
        return next({ ...input, args: heardUpdate(input) });
      },
    },
  ],
});

function hear(payload: Payload | undefined, sender: string): Heard {
  if (!payload) return { ok: true, value: undefined, sender };
  const encoding = text(payload.metadata?.['encoding']);
  if (encoding === 'binary/null') return { ok: true, value: undefined, sender };
  if (encoding !== 'json/plain' && encoding !== 'json/protobuf')
    return { ok: false, error: `payload encoding "${encoding.slice(0, 40)}"; wanted json/plain`, sender };
  try {
    const value: unknown = JSON.parse(text(payload.data));
    return { ok: true, value, sender };
  } catch {
    return { ok: false, error: 'the payload is not JSON', sender };
  }
}

/** Updates that must know who speaks: the others (`submit`) come from the front door alone and keep their shape. */
const personal: readonly string[] = [
  'decide',
  'evidence',
  'review',
  'acknowledge',
  'drill',
  'reconcile',
  'alerts',
  ...precedence,
];

function heardUpdate(input: { name: string; args: unknown[]; headers: Record<string, Payload> }): unknown[] {
  if (!personal.includes(input.name)) return input.args;
  return [vouchedFor({ ok: true, value: input.args[0], sender: '' }, input.headers)];
}

/** The front door names the person in a header, which the Temporal UI cannot set. */
function vouchedFor(heard: Heard, headers: Record<string, Payload>): Heard {
  const header = headers[actorHeader];
  if (!header || !heard.ok) return heard;
  const said = hear(header, '');
  const actor = said.ok ? (said.value as Partial<Actor> | null) : undefined;
  return typeof actor?.person === 'string' ? { ...heard, actor: { person: actor.person, via: 'http' } } : heard;
}

/** UTF-8 without throwing: what is not a character becomes one that JSON refuses. */
const text = (bytes: Uint8Array | null | undefined): string => (bytes ? decode(bytes) : '');
