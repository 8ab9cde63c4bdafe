import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import type { ClientOptions } from '@temporalio/client';
import { seconds, spoken } from '../../domain/duration.js';
import type { Milliseconds } from '../../domain/duration.js';
import type { Engine } from './engine-environment.js';

export interface Connecting {
  readonly engine: Engine;
  /** How long an engine that does not answer yet is waited for; without it 60 s. */
  readonly within?: Milliseconds;
}

/** Who a client or worker is, as Temporal's histories and worker lists show it. */
export const identityOf = (role: string): string => `slipway/${role}/${process.pid}`;

/** A client for a front door or an activity, connected. After an outage it is back within a second of the server. */
export async function connectClient(
  ask: Connecting & { readonly role: string; readonly client?: Pick<ClientOptions, 'dataConverter' | 'interceptors'> },
): Promise<Client & { readonly connection: Connection }> {
  const connection = await persist(ask, (left) =>
    Connection.connect({
      ...ask.engine.connection,
      connectTimeout: Math.min(left, seconds(5)),
      channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 1_000 },
    }),
  );
  const { namespace } = ask.engine;
  const client = new Client({ ...ask.client, connection, namespace, identity: identityOf(ask.role) });
  return Object.assign(client, { connection }); // The same one, by its full type: provisioning needs all its services.
}

/** Tries for as long as it is to be waited for; `connect` is told how much of that is left. */
export async function persist<T>(
  { engine, within = seconds(60) }: Connecting,
  connect: (left: Milliseconds) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      return await connect(Math.max(1, deadline - Date.now()));
    } catch (fault) {
      const text = fault instanceof Error ? fault.message : String(fault);
      const where = `The Temporal server at ${engine.connection.address}`;
      if (refusesUs(fault)) throw new Error(`${where} refuses this connection: ${text}`, { cause: fault });
      if (Date.now() + 250 > deadline)
        throw new Error(`${where} did not answer for ${spoken(within)}: ${text}`, { cause: fault });
      await pause(250);
    }
  }
}

/** Bad credentials do not become good by asking again. */
const refusesUs = (fault: unknown): boolean =>
  isGrpcServiceError(fault)
    ? [7, 16].includes(fault.code) // Permission denied, unauthenticated.
    : fault instanceof Error && /PermissionDenied|Unauthenticated|permission denied/i.test(fault.message);
