import * as z from 'zod';
import { type FlagDefinition, settingText } from '../../domain/flag.js';
import type { Instant } from '../../domain/duration.js';
import type { Serving } from '../live-flags.js';
import { flagState as state, list } from './nouns.js';

const flag = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    owner: z.string(),
    service: z.string().exactOptional(),
    state,
    variants: z.record(z.string(), z.unknown()),
    defaultVariant: z.string(),
    /** Per cent of the targeting keys for each variant. */
    rollout: z.record(z.string(), z.number()).exactOptional(),
    targeting: z.unknown().optional(),
    expires: z.string().exactOptional(),
    /** Whether it should be gone by now. */
    expired: z.boolean(),
    /** How it is set, as a phrase. */
    says: z.string(),
    links: z.strictObject({ change: z.string() }),
  })
  .meta({ id: 'Flag' });

const environmentFlags = z
  .strictObject({
    environment: z.string(),
    /** The file they are from; missing where nothing could ever be read. */
    path: z.string().exactOptional(),
    flags: list(flag),
    retired: list(z.string()),
    /** Why the file is not served as it stands: what is shown is what it said before. */
    problems: list(z.string()),
    links: z.strictObject({ flagd: z.string() }),
  })
  .meta({ id: 'EnvironmentFlags' });

export const flags = z.strictObject({ environments: list(environmentFlags) }).meta({ id: 'Flags' });

export type FlagsView = z.infer<typeof flags>;

/** The flags of one environment as they are answered. */
export function environmentFlagsView(
  environment: string,
  { served, problems }: Serving,
  now: Instant,
): FlagsView['environments'][number] {
  return {
    environment,
    ...(served && { path: served.path }),
    flags: (served?.flags ?? []).map((definition) => flagView(definition, environment, now)),
    retired: served?.retired ?? [],
    problems,
    links: { flagd: `/v1/flags/${environment}/flagd.json` },
  };
}

const flagView = (definition: FlagDefinition, environment: string, now: Instant): z.infer<typeof flag> => ({
  ...definition,
  expired: definition.expires !== undefined && definition.expires < now.slice(0, 10),
  says: settingText(definition),
  links: { change: changePath(environment, definition.name) },
});

/** Where the latest change of a flag is found. */
export const changePath = (environment: string, name: string): string => `/v1/flags/${environment}/${name}/change`;
