/** Who has sent a signal: what the engine itself says of the caller, not what the caller says of himself. */
export interface SignalSender {
  /** Missing where the engine authenticates nobody, or does not say. */
  readonly principal?: { readonly type: string; readonly name: string };
  /** Whether the run had been reset before: what is then sent again is told as sent by whoever has reset it. */
  readonly afterReset: boolean;
}

/** Asks the engine who a caller was. */
export interface Principals {
  /** Missing where that event is no signal. */
  senderOf(signal: {
    readonly workflowId: string;
    readonly runId: string;
    readonly eventId: number;
  }): Promise<SignalSender | undefined>;
}
