import { z } from 'zod';
import type { Config } from '../../config/config.js';
import type { LaneSample } from '../../domain/sample.js';
import type { Place } from '../../domain/environment.js';
import { Refused } from '../../domain/failure.js';
import type { FleetStatus } from '../../ports/fleet.js';
import type { TrafficStatus } from '../../ports/traffic.js';

/** Names become folders and labels: nothing that could leave its folder. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/);
const milliseconds = z.number().nonnegative();
const count = z.number().int().nonnegative();

/** `Artifact` as it is read from a wire or a file. */
export const artifact = z
  .object({
    service: name,
    version: z.string().regex(/^[0-9A-Za-z.+-]{1,100}$/),
    commit: z.string(),
    digest: z.string().min(1),
    builtAt: z.string(),
    tag: z.string(),
  })
  .readonly();

/** `ServiceSettings` as they are read from a wire or a file. */
export const settings = z
  .object({
    service: name,
    process: z
      .object({
        run: z.string().min(1),
        health: z.string().startsWith('/'),
        ready: z.string().startsWith('/'),
        startWithin: milliseconds,
        stopWithin: milliseconds,
      })
      .readonly(),
    /** Where users reach the service; 0 lets the host choose. */
    port: z.number().int().min(0).max(65_535),
    variables: z.record(z.string(), z.string()).readonly(),
  })
  .readonly();

const source = z.object({ artifact, archive: z.string().min(1) }).readonly();
const fence = z.object({ key: z.string().min(1).max(500), generation: count }).readonly();
const share = z.number().min(0).max(100);

const effect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), to: source, instances: z.number().int().positive(), fence }).readonly(),
  z.object({ kind: z.literal('stop'), fence }).readonly(),
  z.object({ kind: z.literal('start-baseline'), of: source, instances: z.number().int().positive(), fence }).readonly(),
  z.object({ kind: z.literal('stop-baseline'), fence }).readonly(),
  z
    .object({
      kind: z.literal('replace'),
      batch: count,
      of: z.number().int().positive(),
      instances: z.number().int().positive(),
      from: source.exactOptional(),
      to: source,
      fence,
    })
    .readonly(),
  z
    .object({ kind: z.literal('adopt'), digest: z.string().min(1), keepFormer: z.boolean().default(false), fence })
    .readonly(),
  z.object({ kind: z.literal('retire'), fence }).readonly(),
  z
    .object({
      kind: z.literal('shift'),
      share,
      expected: share.exactOptional(),
      instances: z.number().int().positive().exactOptional(),
      fence,
    })
    .readonly(),
]);

const sourceless = z.object({ kind: z.literal('look') }).readonly();

/** What a worker asks of a host about one service: to look, or to bring about an effect. */
export const order = z.object({ settings, ask: z.union([sourceless, effect]) }).readonly();
export type Order = z.infer<typeof order>;

/** An artifact and where its archive lies. */
export type Source = z.infer<typeof source>;
export type Effect = z.infer<typeof effect>;
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** What a host has to know of a service to run it; it keeps it, so that a restarted host knows it too. */
export type ServiceSettings = z.infer<typeof settings>;

/** The answer to every order: the place as it is now. */
export interface PlaceView {
  readonly fleet: FleetStatus;
  readonly traffic: TrafficStatus;
  readonly sample: LaneSample;
}

/** Where a host can be reached and by which word; lies in `host.json`, readable by its owner only. */
export const hostFile = z
  .object({ pid: z.number().int().positive(), birth: z.string(), port: z.number().int().positive(), token: z.string() })
  .readonly();
export type HostFile = z.infer<typeof hostFile>;

/** What a host tells a person or a doctor who looks. */
export interface HostReport {
  readonly environment: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly places: readonly (PlaceView & {
    readonly service: string;
    readonly restarts: number;
    readonly leaving: number;
    readonly underWay?: string;
  })[];
}

/** What the configuration says of a place, as plain data. Refused as `not-found` where it says nothing. */
export function settingsOf(config: Pick<Config, 'services' | 'environments'>, place: Place): ServiceSettings {
  const service = Object.hasOwn(config.services, place.service) ? config.services[place.service] : undefined;
  const environment = config.environments.find((e) => e.name === place.environment);
  const stage =
    service && Object.hasOwn(service.stages, place.environment) ? service.stages[place.environment] : undefined;
  if (!service || !environment || !stage)
    throw new Refused('not-found', `the configuration has no service ${place.service} in ${place.environment}`);
  const { run, health, ready, startWithin, stopWithin } = service.process;
  return {
    service: place.service,
    process: { run, health, ready, startWithin, stopWithin },
    port: stage.port,
    variables: { ...environment.variables, ...stage.variables },
  };
}

/** The folder of one environment's host. */
export const hostFolder = (dataDir: string, environment: string): string => {
  if (!name.safeParse(environment).success)
    throw new Refused('invalid', `environment ${JSON.stringify(environment)} is not letters, digits, ".", "_" and "-"`);
  return `${dataDir}/hosts/${environment}`;
};
