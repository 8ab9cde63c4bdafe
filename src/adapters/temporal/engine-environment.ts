import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';

/** What both connections, of clients and of workers, are made of. */
export type EngineConnection = Pick<NativeConnectionOptions, 'tls' | 'apiKey' | 'metadata'> & {
  readonly address: string;
};

/** The engine that releases run on: a cluster somebody runs, or the embedded one. */
export interface Engine {
  readonly kind: 'external' | 'embedded';
  readonly connection: EngineConnection;
  readonly namespace: string;
  /** Where people see it, without a slash at the end; missing when nobody said. */
  readonly uiUrl?: string;
}

/** What names a cluster. A profile file that merely lies in the home folder does not: releases would go there unasked. */
const naming = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'] as const;
const detailing = ['TEMPORAL_API_KEY', 'TEMPORAL_TLS'];

/**
 * The cluster named by Temporal's standard environment (address, profile, TLS, API key, metadata, namespace), with its
 * UI from `SLIPWAY_TEMPORAL_UI`; nothing when none is named, and then the embedded engine is meant.
 */
export function engineFromEnvironment(env: NodeJS.ProcessEnv): Engine | undefined {
  const detail = Object.keys(env).find((name) => env[name] && detailing.some((prefix) => name.startsWith(prefix)));
  if (!naming.some((name) => env[name])) {
    if (detail) throw new Error(`${detail} is set, but no cluster is named: set TEMPORAL_ADDRESS=host:7233 too.`);
    return undefined;
  }
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: present(env),
    // Nor does such a file say how to reach a cluster it does not name: its TLS or key may be another's.
    disableFile: !env['TEMPORAL_PROFILE'] && !env['TEMPORAL_CONFIG_FILE'],
  });
  const { address, tls, apiKey, metadata } = connectionOptions;
  if (!address) throw new Error(`${naming.join(', ')}: none of them names an address; set TEMPORAL_ADDRESS=host:7233.`);
  const uiUrl = env['SLIPWAY_TEMPORAL_UI']?.replace(/\/+$/, '') || cloudUi(address);
  return {
    kind: 'external',
    connection: {
      address,
      ...(tls !== undefined && tls !== null && { tls }),
      ...(apiKey && { apiKey }),
      ...(metadata && { metadata }),
    },
    namespace,
    ...(uiUrl && { uiUrl }),
  };
}

const cloudUi = (address: string): string | undefined =>
  /\.(tmprl\.cloud|api\.temporal\.io)(:\d+)?$/.test(address) ? 'https://cloud.temporal.io' : undefined;

/** An empty variable is one that is not set: compose files and CI pass on what they do not have as nothing. */
const present = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])));
