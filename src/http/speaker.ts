import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { type Actor, actorHeader } from '../messages.js';

const speaking = new AsyncLocalStorage<Actor>();

/** Sends messages in the name of a person whom the front door has let in; the workflow takes the name as proved. */
export const speakAs = <T>(person: string, send: () => Promise<T>): Promise<T> =>
  speaking.run({ person, via: 'http' }, send);

/** A client of the same connection that names the speaker: so nobody can forget to. */
export function vouching({ connection, options }: Client): Client {
  const { namespace, identity, dataConverter } = options;
  return new Client({
    connection,
    namespace,
    identity,
    dataConverter,
    interceptors: { workflow: [speakerInterceptor] },
  });
}

/** Puts the speaker into the header of updates, those that open a mailbox too. Headers cannot be set in the Temporal UI: that is what makes it proof. */
const speakerInterceptor: WorkflowClientInterceptor = {
  startUpdate(input, next) {
    const actor = speaking.getStore();
    if (!actor) return next(input);
    const headers = { ...input.headers, [actorHeader]: defaultPayloadConverter.toPayload(actor) };
    return next({ ...input, headers });
  },
  startUpdateWithStart(input, next) {
    const actor = speaking.getStore();
    if (!actor) return next(input);
    const updateHeaders = { ...input.updateHeaders, [actorHeader]: defaultPayloadConverter.toPayload(actor) };
    return next({ ...input, updateHeaders });
  },
};
