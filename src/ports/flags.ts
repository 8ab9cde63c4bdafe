import type { FlagDefinition, FlagSet, FlagSetting, FlagTo } from '../domain/flag.js';
import type { Fence } from './fleet.js';

/** The flags of one environment as they stand. */
export interface FlagsRead {
  readonly flags: readonly FlagDefinition[];
  /** Names that must not be used again. */
  readonly retired: readonly string[];
  /** The file they are from, relative to the governance repository. */
  readonly path: string;
  /** Another one whenever anything may have changed. */
  readonly revision: string;
}

/** Feature flags by environment: read as often as one likes, set by one change at a time. */
export interface Flags {
  /** Refused as `invalid` where the definitions make no sense; the message has a line for each problem. */
  read(environment: string): Promise<FlagsRead>;
  /** How the latest change of each flag has left it here; flags that no change has ever set are left out. */
  recorded(environment: string): Promise<Readonly<Record<string, FlagSetting>>>;
  /**
   * Sets a flag and reads it back. A key that was applied is answered as it was the first time, whatever has happened
   * since; of one run (`<run>/…` of the key) a generation older than was seen is `superseded`. Refused as `not-found`
   * (names the known flags), as `invalid` (a variant or share that the flag cannot have), and as `moved-by-others` when
   * the flag is neither as `expected` nor as wanted.
   */
  set(ask: {
    readonly environment: string;
    readonly flag: string;
    readonly to: FlagTo;
    /** What the caller saw last; left out on the way back, which goes whatever the setting is. */
    readonly expected?: FlagSetting;
    readonly fence: Fence;
  }): Promise<FlagSet>;
}
