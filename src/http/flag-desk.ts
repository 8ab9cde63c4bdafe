import type { FlagAccepted, FlagProgress, FlagSubmission } from '../domain/flag-change.js';
import type { WrittenDecision } from '../messages.js';
import type { Caller, Run } from './desk.js';

/** Which flag, and where. */
export interface FlagAddress {
  readonly environment: string;
  readonly flag: string;
}

/** The latest change of a flag, under way or over. */
export interface FoundFlagChange {
  readonly run: Run;
  readonly progress: FlagProgress;
  /** The figures of a window while it is open, as the looks carry them. */
  readonly window?: unknown;
}

/** Changes of flags in the front door's words; every call answers within seconds or throws a `DeskFault`. */
export interface FlagDesk {
  /** Begins a change when none of this flag is under way. The same key gets the first answer. */
  submit(submission: FlagSubmission): Promise<FlagAccepted>;
  change(at: FlagAddress): Promise<FoundFlagChange | undefined>;
  decide(at: FlagAddress, decision: WrittenDecision, from: Caller): Promise<FlagProgress>;
  rollback(at: FlagAddress, demand: { readonly reason: string }, from: Caller): Promise<FlagProgress>;
  retry(at: FlagAddress, demand: { readonly reason: string }, from: Caller): Promise<FlagProgress>;
}
