import type { DoorParts } from '../door.js';
import { createFinder } from '../finding.js';
import { createFollowing, type Sight } from '../following.js';
import type { DoorMetrics } from '../metrics.js';
import type { Route } from '../route.js';
import { acknowledgementRoutes } from './acknowledgements.js';
import { alertRoutes } from './alerts.js';
import { auditRoutes } from './audit.js';
import { commandRoutes } from './commands.js';
import { driftRoutes } from './drift.js';
import { findingsRoute } from './findings.js';
import { flagRoutes } from './flags.js';
import { followUpRoutes } from './follow-ups.js';
import { landingRoute } from './landing.js';
import { lineRoutes } from './line.js';
import { ofrepRoutes } from './ofrep.js';
import { openApiRoute, openRoutes } from './open.js';
import { reconcileRoute } from './reconcile.js';
import { restoreTestRoutes } from './restore-tests.js';
import { retentionRoutes } from './retention.js';
import { scheduleRoutes } from './schedules.js';
import { entriesOf, releaseRoutes, viewOf } from './releases.js';
import { secretRoutes } from './secrets.js';
import { serviceRoutes } from './services.js';
import { timelineRoutes } from './timeline.js';

/** How often a release is looked at while somebody listens. */
const lookEvery = 300;

/** Everything the front door does. */
export function allRoutes(parts: DoorParts & { readonly metrics: DoorMetrics }): readonly Route[] {
  const { desk, config, logger } = parts;
  const finder = createFinder({ desk, services: Object.keys(config.services) });
  const following = createFollowing({
    look,
    every: lookEvery,
    onFault: (fault) => logger.warn({ err: fault }, 'a release could not be looked at'),
  });
  const declared = [
    landingRoute({ ...parts, finder }),
    ...releaseRoutes({ ...parts, finder }),
    ...commandRoutes({ ...parts, finder }),
    ...acknowledgementRoutes({ ...parts, finder }),
    ...timelineRoutes({ ...parts, finder, following }),
    ...serviceRoutes({ ...parts, finder }),
    ...lineRoutes(parts),
    findingsRoute(parts),
    ...alertRoutes(parts),
    ...retentionRoutes(parts),
    ...auditRoutes(parts),
    ...driftRoutes(parts),
    reconcileRoute(parts),
    ...restoreTestRoutes(parts),
    ...scheduleRoutes(parts),
    ...secretRoutes(parts),
    ...followUpRoutes({ ...parts, finder }),
    ...flagRoutes(parts),
    ...ofrepRoutes(parts),
    ...openRoutes(parts),
  ];
  return [...declared, openApiRoute(declared)];

  async function look(changeId: string): Promise<Sight> {
    const found = await finder.find(changeId);
    const ended = found.kind === 'begun' && found.release.run.status !== 'running';
    return { release: viewOf(found, parts), entries: entriesOf(found), ended };
  }
}
