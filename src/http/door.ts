import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import type { Instant } from '../domain/duration.js';
import type { Sources } from '../ports/builder.js';
import type { Alerts } from '../ports/alerts.js';
import type { ApprovalCodes } from '../ports/approval-codes.js';
import type { Calendars } from '../ports/calendars.js';
import type { Plots } from '../ports/plots.js';
import type { FollowUps } from '../ports/follow-ups.js';
import type { Secrets } from '../ports/secrets.js';
import type { Desk } from './desk.js';
import type { FlagDesk } from './flag-desk.js';
import type { Identity } from './identity.js';
import type { LiveFlags } from './live-flags.js';
import type { TemporalUi } from './views/links.js';

/** What the front door is made of. */
export interface DoorParts {
  readonly desk: Desk;
  readonly flagDesk: FlagDesk;
  readonly flags: LiveFlags;
  readonly sources: Sources;
  readonly calendars: Calendars;
  readonly codes: ApprovalCodes;
  readonly plots: Plots;
  readonly secrets: Secrets;
  readonly followUps: FollowUps;
  /** What signed webhooks are signed with, read anew each time. */
  readonly alertSecrets: () => Promise<readonly string[]>;
  /** Where the alerts that a message leaves out are read; missing where the configuration names no Alertmanager. */
  readonly alerts?: Pick<Alerts, 'standing'>;
  readonly config: Config;
  readonly identity: Identity;
  readonly logger: Logger;
  readonly clock: () => Instant;
  readonly temporalUi?: TemporalUi;
}
