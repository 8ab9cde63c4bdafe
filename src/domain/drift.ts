import type { Artifact } from './artifact.js';
import type { Instant } from './duration.js';
import type { Finding } from './finding.js';
import type { FlagSetting } from './flag.js';

/** An environment is compared with what is recorded of it: only looked at, or told to whoever must act. */
export interface DriftOrder {
  readonly environment: string;
  readonly how: 'look' | 'tell';
  readonly by: string;
}

/** What an environment was found to be, compared with what is recorded of it. */
export interface DriftSeen {
  readonly environment: string;
  readonly at: Instant;
  readonly findings: readonly Finding[];
  /** Services that were not compared: a release or a drill was under way, which watches for itself. */
  readonly passedOver: readonly string[];
}

/** What runs at a place, beside what its last release has left there. */
export interface PlaceSeen {
  readonly service: string;
  readonly recorded?: Artifact;
  readonly runs?: Artifact;
  /** Instances of the stable lane that run another digest than that lane was given. */
  readonly strangers: readonly { readonly id: string; readonly version: string }[];
  readonly instances: number;
  /** A baseline that no rollout under way has started: how many instances, and of what. */
  readonly baseline?: { readonly instances: number; readonly version: string };
}

/** A flag as the latest change has left it, and as it is; gone from the file where `is` is missing. */
export interface FlagSeen {
  readonly flag: string;
  readonly service?: string;
  readonly recorded: FlagSetting;
  readonly is?: FlagSetting;
}

/** What the command of an environment said: exit code 0 none, 2 drift, anything else that it could not tell. */
export interface CommandSaid {
  readonly run: string;
  readonly kind: 'none' | 'drift' | 'unknown';
  /** How it ended, and the end of what it printed. */
  readonly said: string;
}
