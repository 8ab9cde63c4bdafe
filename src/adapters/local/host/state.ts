import { z } from 'zod';
import { artifact, settings } from '../protocol.js';
import { textOf, writeWhole } from './files.js';

const instance = z
  .object({
    id: z.string(),
    digest: z.string(),
    version: z.string(),
    archive: z.string(),
    /** As they were when it was made: a later configuration is for later instances. */
    settings,
    /** 0 before it was first started. */
    port: z.number(),
    /** How often it was started again because it had died. */
    restarts: z.number(),
    process: z.object({ pid: z.number(), birth: z.string() }).readonly().exactOptional(),
  })
  .readonly();

const lane = z.object({ artifact, instances: z.array(instance).readonly() }).readonly();

const placeState = z
  .object({
    settings,
    /** The public port; 0 before it was first chosen. */
    port: z.number(),
    generation: z.number(),
    /** The latest run seen of that generation. */
    run: z.string().exactOptional(),
    share: z.number(),
    stable: lane.exactOptional(),
    candidate: lane.exactOptional(),
    /** Kept warm after an adoption. */
    former: lane.exactOptional(),
    baseline: lane.exactOptional(),
    /** On their way out: whoever finds them here goes on ending them. */
    leaving: z.array(instance).readonly(),
  })
  .readonly();

/** An instance as it is remembered on disk. */
export type InstanceRecord = z.infer<typeof instance>;

/** One service in one environment as it is remembered on disk: enough for a new host to go on where the last one was. */
export type PlaceState = z.infer<typeof placeState>;

/** Reads a place back; `undefined` where none was written. */
export async function readPlace(path: string): Promise<PlaceState | undefined> {
  const text = await textOf(path);
  return text === undefined ? undefined : placeState.parse(JSON.parse(text));
}

/** A writer that writes one after the other: when a call returns, what it was given or something newer is on disk. */
export function placeWriter(path: string): (state: () => PlaceState) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (state) => {
    const write = () => writeWhole(path, JSON.stringify(state(), undefined, 1));
    return (last = last.then(write, write));
  };
}
