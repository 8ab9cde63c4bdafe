import type { Instant } from './duration.js';

/** What the world and the engine, looked at together, say is not in order, or waits for somebody. */
export interface Finding {
  /**
   * - `unattended`: users are on a candidate that no rollout carries on (it was terminated).
   * - `orphaned`: a rollout runs whose release has ended (it was terminated).
   * - `mailbox-ended`: what serves a service's requests one at a time was ended from outside.
   * - `stuck`, `held`: a rollout asks for people.
   * - `moved`, `flag-moved`, `configuration`: somebody has changed by hand what runs, a flag, or what a command watches.
   * - `unseen`: whether somebody has cannot be told.
   * - `overdue`: the day of a follow-up is over.
   * - `unacknowledged`: something urgent was told, and nobody on call has said that he knows.
   * - `records-ahead`: the records know what the engine does not: its data were lost, or an older copy put back.
   */
  readonly kind:
    | 'unattended'
    | 'orphaned'
    | 'mailbox-ended'
    | 'stuck'
    | 'held'
    | 'moved'
    | 'flag-moved'
    | 'configuration'
    | 'unseen'
    | 'overdue'
    | 'unacknowledged'
    | 'records-ahead';
  /** Empty where it is about the environment as a whole. */
  readonly service: string;
  /** What of it, where one thing of many is meant: the name of a flag. */
  readonly about?: string;
  /** Empty where it is about the service everywhere. */
  readonly environment: string;
  /** When it was first seen. */
  readonly since: Instant;
  /** What is, in one sentence, with figures. */
  readonly text: string;
  /** The one command that mends it, or begins to. */
  readonly command: string;
}

/** The same finding, whenever it was seen and whatever its figures are by now. */
export const keyOf = ({ kind, service, environment, about }: Finding): string =>
  `${kind}/${environment}/${service}${about === undefined ? '' : `/${about}`}`;

/** A service in an environment as the platform and the engine show it at one moment. */
export interface Sight {
  readonly service: string;
  readonly environment: string;
  /** Per cent of the users that reach the candidate. */
  readonly share: number;
  /** Tag of the candidate. */
  readonly candidate?: string;
  /** The rollout that runs there now. */
  readonly rollout?: {
    readonly changeId: string;
    readonly state: string;
    readonly attended: boolean;
    /** What it asks of people, as it says so itself; missing where it asks nothing, or does not answer. */
    readonly asks?: string;
  };
  /** `ended` from outside: a mailbox never ends by itself. */
  readonly mailbox: 'runs' | 'ended' | 'none';
}
