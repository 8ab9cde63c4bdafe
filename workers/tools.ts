import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { EnvironmentTools } from '../activities/environment.js';
import type { ReconcilerTools } from '../activities/reconcile.js';
import type { SecretTools } from '../activities/secrets.js';
import { createAlerts } from '../src/adapters/alertmanager/alerts.js';
import { createArtifacts } from '../src/adapters/build/artifacts.js';
import { createBuilder } from '../src/adapters/build/builder.js';
import { createDrift } from '../src/adapters/checks/drift.js';
import { createGates } from '../src/adapters/checks/gates.js';
import { createLoad } from '../src/adapters/checks/load.js';
import { createSmoke } from '../src/adapters/checks/smoke.js';
import { createTelemetry } from '../src/adapters/checks/telemetry.js';
import { openCdEvents } from '../src/adapters/events/cd-events.js';
import { tellingRecords } from '../src/adapters/events/telling-records.js';
import { createFeatures } from '../src/adapters/flags/features.js';
import { createCalendars } from '../src/adapters/governance/calendars.js';
import { createGovernanceRecords } from '../src/adapters/governance/records.js';
import { createApprovalCodes } from '../src/adapters/identity/approval-codes.js';
import { createLocalFleet } from '../src/adapters/local/fleet.js';
import { createLocalMetrics } from '../src/adapters/local/metrics.js';
import { createLocalTraffic } from '../src/adapters/local/traffic.js';
import { createCustomers } from '../src/adapters/notify/customers.js';
import { notifierOf } from '../src/adapters/notify/notifier.js';
import { createPersonalMail } from '../src/adapters/notify/personal-mail.js';
import { createSecrets } from '../src/adapters/secrets/secrets.js';
import { historyAsJson } from '../src/adapters/temporal/history.js';
import { createPrincipals } from '../src/adapters/temporal/principals.js';
import { createWorkflows } from '../src/adapters/temporal/workflows.js';
import { createMetrics } from '../src/adapters/prometheus/choose.js';
import { createPlots } from '../src/adapters/plots/plots.js';
import { createPostgresDatabase } from '../src/adapters/postgres/database.js';
import type { Config } from '../src/config/config.js';
import { roster } from '../src/config/orders.js';
import { governedBy } from '../src/config/governed.js';
import { type Milliseconds, seconds } from '../src/domain/duration.js';
import { knownPrincipals } from '../src/config/known-principals.js';
import type { Settings } from '../src/settings.js';
import type { HouseTools } from './workers.js';

interface Wiring {
  readonly config: Config;
  readonly settings: Settings;
  readonly logger: Logger;
}

/** Which adapter stands behind which port is decided here, and nowhere else. */
export function houseTools({ config, settings, logger, client }: Wiring & { readonly client: Client }): HouseTools {
  const artifacts = createArtifacts({ directory: join(settings.dataDir, 'artifacts') });
  const directory = join(settings.dataDir, 'builds');
  const known = knownPrincipals(config);
  const cdEvents = openCdEvents({ ...settings, logger });
  return {
    builder: createBuilder({ config, artifacts, directory, variables: process.env }),
    records: tellingRecords(
      createGovernanceRecords({ directory: config.directory, logger, plots: createPlots() }),
      cdEvents,
    ),
    readHistory: ({ workflowId, runId }) => historyAsJson(client, workflowId, runId),
    artifacts,
    services: Object.keys(config.services),
    governed: governedBy(config),
    keepArtifacts: config.keepArtifacts,
    followUps: config.followUps,
    notices: config.notices,
    roster: roster(config),
    workflows: createWorkflows(client),
    notifier: notifierOf({ ...settings, logger }),
    customers: createCustomers({ config, variables: process.env }),
    personalMail: createPersonalMail({ config, mail: settings.mail }),
    codes: createApprovalCodes(settings),
    principals: createPrincipals(client),
    ...(known && { knownPrincipals: known }),
    secrets: createSecrets({ config, dataDir: settings.dataDir, variables: process.env }),
    every: lookEvery(config),
  };
}

/** What works in an environment. Each environment's worker reads only what that environment needs. */
export function environmentTools({
  config,
  settings,
  client,
}: Pick<Wiring, 'config' | 'settings'> & { readonly client: Client }): EnvironmentTools &
  ReconcilerTools &
  SecretTools {
  const { dataDir } = settings;
  const artifacts = createArtifacts({ directory: join(dataDir, 'artifacts') });
  const local = { dataDir, config, artifacts };
  const fleet = createLocalFleet(local);
  const alerts = createAlerts({ config, variables: process.env });
  return {
    fleet,
    traffic: createLocalTraffic(local),
    metrics: createMetrics({ config, variables: process.env, fleet, embedded: createLocalMetrics(local) }),
    telemetry: createTelemetry({ ...local, variables: process.env }),
    ...(alerts && { alerts }),
    smoke: createSmoke({ config, directory: config.directory, variables: process.env }),
    database: createPostgresDatabase({ ...local, variables: process.env }),
    flags: createFeatures({ config }),
    calendars: createCalendars({ config }),
    secrets: createSecrets({ config, dataDir, variables: process.env }),
    load: createLoad({ config }),
    drift: createDrift({ config, variables: process.env }),
    gates: createGates({ directory: config.directory, variables: process.env }),
    workflows: createWorkflows(client),
    services: Object.keys(config.services),
    last: config.environments.at(-1)?.name ?? '',
    every: lookEvery(config),
  };
}

/** What is compared with what the engine knows is compared this often. */
const lookEvery = ({ profile }: Config): Milliseconds => (profile.compressed ? seconds(3) : seconds(15));
