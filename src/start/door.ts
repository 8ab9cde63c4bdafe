import { join } from 'node:path';
import type { Logger } from 'pino';
import { createAlerts } from '../adapters/alertmanager/alerts.js';
import { createSources } from '../adapters/build/sources.js';
import { createCalendars } from '../adapters/governance/calendars.js';
import { createFollowUps } from '../adapters/governance/follow-ups.js';
import { createFeatures } from '../adapters/flags/features.js';
import { createApprovalCodes } from '../adapters/identity/approval-codes.js';
import { createTokens } from '../adapters/identity/tokens.js';
import { createPlots } from '../adapters/plots/plots.js';
import { createSecrets } from '../adapters/secrets/secrets.js';
import { secretOf } from '../adapters/secret.js';
import { connectClient } from '../adapters/temporal/connections.js';
import type { Engine } from '../adapters/temporal/engine-environment.js';
import type { Config } from '../config/config.js';
import { createApp } from '../http/app.js';
import { createIdentity } from '../http/identity.js';
import { listen, type OpenDoor } from '../http/listen.js';
import { createLiveFlags } from '../http/live-flags.js';
import { createReleaseDesk } from '../http/release-desk.js';
import { createFlagDesk } from '../http/temporal-flag-desk.js';
import type { Settings } from '../settings.js';

/** Opens the front door on an engine: HTTP on one side, the Temporal client on the other. */
export async function openDoor(parts: {
  readonly settings: Settings;
  readonly config: Config;
  readonly engine: Engine;
  readonly logger: Logger;
  readonly env: NodeJS.ProcessEnv;
  /** Any free port when the wanted one is taken. */
  readonly anyPort: boolean;
}): Promise<OpenDoor> {
  const { settings, config, engine, logger, env } = parts;
  const tokens = createTokens({ dataDir: settings.dataDir });
  await tokens.ensureOperator();
  const client = await connectClient({ engine, role: 'front-door' });
  const desk = createReleaseDesk({ client, environments: config.environments.map(({ name }) => name) });
  const flagDesk = createFlagDesk({ client });
  const alerts = createAlerts({ config, variables: env });
  const app = createApp({
    desk,
    flagDesk,
    calendars: createCalendars({ config }),
    codes: createApprovalCodes(settings),
    plots: createPlots(),
    followUps: createFollowUps(config.directory),
    secrets: createSecrets({ config, dataDir: settings.dataDir, variables: env }),
    alertSecrets: async () => {
      const secrets = await Promise.all(config.alerts.secrets.map((reference) => secretOf(reference, env)));
      return secrets.filter((secret) => secret !== undefined);
    },
    ...(alerts && { alerts }),
    flags: createLiveFlags({ flags: createFeatures({ config }), logger }),
    sources: createSources({ config, directory: join(settings.dataDir, 'builds'), variables: env }),
    identity: createIdentity({ tokens, config }),
    config,
    logger,
    clock: () => new Date().toISOString(),
    ...(engine.uiUrl !== undefined && { temporalUi: `${engine.uiUrl}/namespaces/${engine.namespace}` }),
  });
  const { doorHost: host, doorPort: port } = settings;
  const door = await listen({ app, host, port }).catch((fault: unknown) => {
    if (!parts.anyPort || !isTaken(fault)) throw fault;
    return listen({ app, host, port: 0 });
  });
  return {
    ...door,
    async close() {
      await door.close();
      await Promise.all([desk.quiet(), flagDesk.quiet()]); // calls that still wait for their next attempt would find the connection closed
      await client.connection.close();
    },
  };
}

const isTaken = (fault: unknown): boolean => fault instanceof Error && 'code' in fault && fault.code === 'EADDRINUSE';
