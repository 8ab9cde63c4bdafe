import type { Sent } from '../domain/drill.js';

/** Requests that go out until they are ended. */
export interface Sending {
  soFar(): Sent;
  /** Sends no more, and answers once nothing is under way. */
  end(): Promise<Sent>;
}

/** Uses a service as its users do, by what can be asked of it without changing anything. */
export interface Load {
  begin(ask: { readonly service: string; readonly url: string; readonly requestsPerSecond: number }): Sending;
}
