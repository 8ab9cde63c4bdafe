import { asked, assign, type Roster } from '../domain/approval.js';
import { governanceBoard, type Role, type Tier } from '../domain/environment.js';
import { proofs, readinessItems } from '../domain/readiness.js';
import type { Config, EnvironmentConfig } from './config.js';
import { leastKept, productionApprovers } from './meant.js';
import { roster } from './orders.js';
import type { Path, SenseFinding } from './problems.js';
import { type Profile, profiles } from './profiles.js';
import type { Written } from './schema.js';
import { senseOfAlerts } from './sense-alerts.js';
import { senseOfCalendars } from './sense-calendar.js';
import { senseOfOwners } from './sense-owners.js';
import { senseOfProof } from './sense-proof.js';
import { senseOfSecrets } from './sense-secrets.js';
import { senseOfMetrics } from './sense-metrics.js';
import { senseOfServices } from './sense-services.js';
import { durationText } from './words.js';

/** What each setting allows by itself and all of them together do not. `written` tells where a value came from. */
export function sense(config: Config, written: Written): readonly SenseFinding[] {
  return [
    ...atLeastOne(config),
    ...config.environments.flatMap((_, i) => promotion(config, i)),
    ...config.environments.flatMap((environment) => productionRule(environment)),
    ...config.environments.flatMap((environment) => aftercareRule(environment, profiles[config.profile.name])),
    ...config.environments.flatMap((environment) => readinessRule(environment, written, profiles[config.profile.name])),
    ...config.environments.flatMap((environment) => readinessShowable(environment, roster(config))),
    ...config.environments.flatMap((environment) => satisfiable(environment, roster(config))),
    ...config.environments.flatMap((environment) => emergencySatisfiable(environment, written, roster(config))),
    ...senseOfProof(config),
    ...retentionRule(config),
    ...senseOfAlerts(config, written),
    ...senseOfCalendars(config, written),
    ...senseOfSecrets(config, written),
    ...senseOfOwners(config, written),
    ...senseOfMetrics(config, written),
    ...senseOfServices(config, written),
  ];
}

function atLeastOne(config: Config): readonly SenseFinding[] {
  const none = (section: string, wanted: string): SenseFinding => {
    return { path: [section], at: 'key', wanted, reads: [[section]] };
  };
  return [
    ...(config.environments.length === 0 ? [none('environments', 'at least one environment')] : []),
    ...(Object.keys(config.services).length === 0 ? [none('services', 'at least one service')] : []),
  ];
}

const nearness: Readonly<Record<Tier, number>> = { development: 0, staging: 1, production: 2 };

function promotion(config: Config, index: number): readonly SenseFinding[] {
  const before = config.environments.slice(0, index);
  const environment = config.environments[index];
  if (!environment) return [];
  const refused = (wanted: string): SenseFinding[] => [
    { path: ['environments', environment.name, 'tier'], at: 'value', wanted, reads: [['environments']] },
  ];
  const later = before.find((e) => nearness[e.tier] > nearness[environment.tier]);
  if (later)
    return refused(`no earlier tier after ${later.name} (${later.tier}): environments stand in order of promotion`);
  const unrehearsed = environment.tier === 'production' && !before.some((e) => e.tier === 'staging');
  if (unrehearsed && profiles[config.profile.name].binding)
    return refused('an environment of tier staging before it (SPEC-0701 §Implementation Guidance)');
  return [];
}

/** SPEC-0701 §Monitoring Windows: where the profile binds, production is watched for a whole day. */
function aftercareRule({ name, tier, aftercare }: EnvironmentConfig, profile: Profile): readonly SenseFinding[] {
  if (!profile.binding || tier !== 'production' || profile.aftercare === undefined) return [];
  if (aftercare !== undefined && aftercare >= profile.aftercare) return [];
  const wanted = `at least ${durationText(profile.aftercare)} in production (SPEC-0701 §Monitoring Windows)`;
  return [
    {
      path: ['environments', name, 'aftercare'],
      at: 'value',
      wanted,
      reads: [['profile'], ['environments', name, 'tier']],
    },
  ];
}

/** Where the profile binds, artifacts are kept for as long as the spec says. */
function retentionRule({ keepArtifacts, profile }: Config): readonly SenseFinding[] {
  if (!profiles[profile.name].binding || keepArtifacts >= leastKept) return [];
  const wanted = 'at least 90d (SPEC-0701 §Automated Build & Package)';
  return [{ path: ['keep-artifacts'], at: 'value', wanted, reads: [['profile']] }];
}

/** An item that only a role can show takes somebody who holds it. */
function readinessShowable({ name, readiness = {} }: EnvironmentConfig, people: Roster): readonly SenseFinding[] {
  return readinessItems.flatMap((item): readonly SenseFinding[] => {
    const { roles = [] } = proofs[item];
    if (!readiness[item] || roles.length === 0 || roles.some((role) => holders(role, people).length > 0)) return [];
    const wanted = `somebody with the role ${roles.join(' or ')}: readiness for ${name} asks for ${item} (SPEC-0701 §Production Readiness)`;
    return [
      {
        path: ['people'],
        at: 'key',
        met: `${roles.join(', ')} held by nobody`,
        wanted,
        reads: [['people'], ['environments', name]],
      },
    ];
  });
}

/** Where the profile binds, no item of the checklist is left out of production, and no evidence may be older than it says. */
function readinessRule(
  { name, tier, readiness = {} }: EnvironmentConfig,
  written: Written,
  profile: Profile,
): readonly SenseFinding[] {
  if (!profile.binding || tier !== 'production') return [];
  return readinessItems.flatMap((item): readonly SenseFinding[] => {
    const [asked, bound] = [readiness[item], profile.readiness[item]?.maxAge];
    if (written.environments[name]?.readiness?.[item] === undefined) return [];
    const path = ['environments', name, 'readiness', item];
    const reads = [['profile'], ['environments', name, 'tier']];
    if (!asked)
      return [{ path, at: 'value', wanted: 'nothing left out of production (SPEC-0701 §Production Readiness)', reads }];
    if (bound === undefined || (asked.maxAge !== undefined && asked.maxAge <= bound)) return [];
    return [
      {
        path,
        at: 'value',
        wanted: `a max-age of at most ${bound / 86_400_000}d in production (SPEC-0701 §Production Readiness)`,
        reads,
      },
    ];
  });
}

/** Holds under every profile: no configuration lets one person alone change production. */
function productionRule({ name, tier, approval }: EnvironmentConfig): readonly SenseFinding[] {
  if (tier !== 'production') return [];
  const path = (key: string): Path => ['environments', name, 'approval', key];
  const reads = [['environments', name, 'tier']];
  const missing = productionApprovers.filter((role) => !approval.roles.includes(role));
  const roles = `${productionApprovers.join(' and ')} among the roles (SPEC-0701 §Change Control)`;
  const asker = 'false: who asks for a change of production does not approve it (SPEC-0701 §Change Control)';
  return [
    ...(missing.length > 0 ? [{ path: path('roles'), at: 'value', wanted: roles, reads } as const] : []),
    ...(approval.requesterMayApprove
      ? [{ path: path('requester-may-approve'), at: 'value', wanted: asker, reads } as const]
      : []),
  ];
}

function satisfiable({ name, approval }: EnvironmentConfig, people: Roster): readonly SenseFinding[] {
  const filled = canBeFilled(approval.roles, people);
  const askers = approval.requesterMayApprove ? 0 : 1;
  if (filled && Object.keys(people).length >= approval.roles.length + askers) return [];
  const held = [...new Set(approval.roles)].map(
    (role) =>
      `${asked(approval.roles.filter((other) => other === role))} held by ${holders(role, people).join(', ') || 'nobody'}`,
  );
  const wanted = filled
    ? 'one person more among the people: who asks does not approve'
    : 'each role held by another person among the people';
  const path = ['environments', name, 'approval', 'roles'];
  return [{ path, at: 'value', met: held.join('; '), wanted, reads: [['people'], ['environments', name]] }];
}

/** Without a board there are no emergencies, which is told to whoever asks for one; a board that is too small is an error. */
function emergencySatisfiable(
  { name, emergency }: EnvironmentConfig,
  written: Written,
  people: Roster,
): readonly SenseFinding[] {
  const isWritten = written.environments[name]?.emergency !== undefined;
  if (!isWritten) return [];
  if (!emergency) {
    const wanted = 'nothing: only production has an emergency path (SPEC-0701 §Change Control)';
    return [{ path: ['environments', name, 'emergency'], at: 'key', wanted, reads: [['environments', name, 'tier']] }];
  }
  const [needed, board] = [emergency.approval.roles.length, holders(governanceBoard, people)];
  if (board.length >= needed) return [];
  const met = `${governanceBoard} held by ${board.join(', ') || 'nobody'}`;
  const wanted = `${needed} people with the role ${governanceBoard}`;
  return [{ path: ['environments', name, 'emergency'], at: 'key', met, wanted, reads: [['people']] }];
}

/** Whether every role finds a person of its own. */
const canBeFilled = (roles: readonly Role[], people: Roster): boolean =>
  assign(roles, Object.keys(people), people).length === roles.length;

const holders = (role: Role, people: Roster): readonly string[] =>
  Object.keys(people).filter((person) => people[person]?.includes(role));
