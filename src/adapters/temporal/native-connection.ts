import { NativeConnection } from '@temporalio/worker';
import { type Connecting, persist } from './connections.js';

/** A worker's connection. It outlives outages by itself, but its making fails at once while the engine is down: hence the waiting. */
export const connectNative = (ask: Connecting): Promise<NativeConnection> =>
  persist(ask, () => NativeConnection.connect(ask.engine.connection));
