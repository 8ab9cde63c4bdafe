/** What a service tells of itself, beside its metrics. */
export type Signal = 'logs' | 'traces';

export const signals: readonly Signal[] = ['logs', 'traces'];

/** What a command has said about a signal: exit code 0 that it arrives. */
export interface CommandHeard {
  readonly run: string;
  readonly arrives: boolean;
  /** How it ended, and the last line that it printed. */
  readonly said: string;
}
