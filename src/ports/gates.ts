import type { Artifact } from '../domain/artifact.js';
import type { Place } from '../domain/environment.js';
import type { GateOrder, GateRun } from '../domain/gate.js';

/** Runs the quality gates of an environment. */
export interface Gates {
  /** One gate, for this artifact. A gate that cannot be run has failed; only being aborted throws. */
  run(ask: {
    readonly gate: GateOrder;
    readonly place: Place;
    readonly artifact: Artifact;
    readonly changeId: string;
    /** Told each line as it is printed. */
    readonly progress: (line: string) => void;
    readonly signal: AbortSignal;
  }): Promise<GateRun>;
}
