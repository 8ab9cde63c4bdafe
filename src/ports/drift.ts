import type { CommandSaid } from '../domain/drift.js';

/** Whether the configuration of an environment is still as it is written, by a command of its owner. */
export interface Drift {
  /** Only looks; nothing where the environment has no command. */
  look(environment: string): Promise<CommandSaid | undefined>;
}
