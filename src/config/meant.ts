import { dirname, resolve } from 'node:path';
import type { ApprovalPolicy } from '../domain/approval.js';
import { hours, minutes, seconds } from '../domain/duration.js';
import {
  governanceBoard,
  governanceSentinel,
  implementationWrangler,
  type Role,
  serviceOwner,
} from '../domain/environment.js';
import type {
  BuildConfig,
  Config,
  EmergencyConfig,
  EnvironmentConfig,
  ProcessConfig,
  ServiceConfig,
  SmokeCheck,
} from './config.js';
import { readinessItems, type ReadinessPolicy } from '../domain/readiness.js';
import { alertsOf } from './meant-alerts.js';
import { calendarOf } from './meant-calendar.js';
import { databaseOf } from './meant-database.js';
import { noticesOf } from './meant-notices.js';
import { followUpsOf } from './meant-follow-ups.js';
import { rotationsOf } from './secrets.js';
import { metricsOf } from './meant-metrics.js';
import { strategyOf } from './meant-strategy.js';
import { profiles } from './profiles.js';
import type { Profile } from './profiles.js';
import { methods } from './schema.js';
import type { Written, WrittenEnvironment, WrittenService, WrittenSmokeCheck } from './schema.js';

/** What a well-formed `slipway.yml` means: defaults of its profile filled in, paths resolved against its folder. */
export function meant(written: Written, file: string): Config {
  const profile = profiles[written.profile];
  const directory = dirname(resolve(file));
  const proof = proofOf(profile, written);
  const environments = Object.entries(written.environments).map(([name, e]) => {
    const calendar = calendarOf(name, e, written, directory);
    const metrics = metricsOf(e.metrics ?? written.metrics, directory);
    return {
      ...environmentOf(name, e, { profile, proof }),
      ...(calendar && { calendar }),
      ...(metrics && { metrics }),
    };
  });
  return {
    file: resolve(file),
    directory,
    profile: profile.stamp,
    people: mapped(written.people, ([name, { name: full = name, roles, mail, principal }]) => ({
      ...{ name: full, roles, ...(mail !== undefined && { mail }) },
      ...(principal !== undefined && { principal }),
    })),
    ...(written.engine && { engine: written.engine }),
    environments,
    alerts: alertsOf(written.alerts, directory),
    rotations: rotationsOf(written.secrets),
    notices: noticesOf(written.notices),
    followUps: followUpsOf(written['follow-ups']),
    keepArtifacts: written['keep-artifacts'] ?? leastKept,
    services: mapped(written.services, ([name, s]) => serviceOf({ name, s, environments, directory, profile })),
  };
}

/** SPEC-0701, Automated Build & Package: ninety days at least. */
export const leastKept = hours(24 * 90);

/** Who approves production, whatever the profile: SPEC-0701 §Change Control. */
export const productionApprovers = [governanceSentinel, serviceOwner] as const;

/** Whose defaults hold, and what proves who approves. */
interface Rules {
  readonly profile: Profile;
  readonly proof: Pick<ApprovalPolicy, 'proof' | 'codes' | 'principals'>;
}

/** Where the profile binds a name proves nothing: one-time codes do, sent to whoever has an address, or an engine that authenticates. */
const proofOf = ({ binding }: Profile, { people, engine }: Written): Rules['proof'] => ({
  ...(binding && { proof: 'code' }),
  ...(binding && Object.values(people).some(({ mail }) => mail !== undefined) && { codes: 'mailed' }),
  ...(binding && engine && { principals: 'trusted' }),
});

function environmentOf(name: string, e: WrittenEnvironment, rules: Rules): EnvironmentConfig {
  const { profile } = rules;
  const aftercare = e.aftercare ?? (e.tier === 'production' ? profile.aftercare : undefined);
  const readiness = readinessOf(e, profile);
  return {
    name,
    tier: e.tier,
    approval: approvalOf(e, rules),
    ...(e.tier === 'production' && { emergency: emergencyOf(e, rules) }),
    variables: e.variables ?? {},
    onHold: e['on-hold'] ?? 'stop',
    ...(e['at-once'] !== undefined && { atOnce: e['at-once'] }),
    ...(e['blast-radius'] !== undefined && { blastRadius: e['blast-radius'] }),
    ...(e.drift !== undefined && { drift: e.drift }),
    ...(e.gates && {
      gates: e.gates.map(({ name: gate, run, timeout, 'in-emergency': inEmergency }) => ({
        ...{ name: gate, run, timeout: timeout ?? minutes(10), inEmergency: inEmergency ?? true },
      })),
    }),
    ...(aftercare !== undefined && { aftercare }),
    ...(Object.keys(readiness).length > 0 && { readiness }),
  };
}

/** SPEC-0701 §Change Control: one approves what he asks for outside production, and nobody does inside. */
function approvalOf({ tier, approval }: WrittenEnvironment, { profile, proof }: Rules): ApprovalPolicy {
  const production = tier === 'production';
  const roles = approval?.roles ?? (production ? productionApprovers : [implementationWrangler]);
  return {
    roles: withQuorums(roles, approval?.quorums ?? {}),
    requesterMayApprove: approval?.['requester-may-approve'] ?? !production,
    expiresAfter: approval?.['expires-after'] ?? profile.approvalExpiry,
    ...proof,
  };
}

/** Each role of a quorum as often as it takes people. */
const withQuorums = (roles: readonly Role[], quorums: Readonly<Record<Role, number>>): readonly Role[] => [
  ...roles.filter((role) => !Object.hasOwn(quorums, role)),
  ...Object.entries(quorums).flatMap(([role, people]) => Array.from({ length: people }, () => role)),
];

/** What the profile asks of production, and what is written on top of it. */
function readinessOf({ tier, readiness = {} }: WrittenEnvironment, profile: Profile): ReadinessPolicy {
  const usual = tier === 'production' ? profile.readiness : {};
  const asked = readinessItems.flatMap((item) => {
    const written = readiness[item];
    if (written === undefined) return usual[item] ? [[item, usual[item]] as const] : [];
    const maxAge = written === 'off' ? undefined : written['max-age'];
    return written === 'off' ? [] : [[item, maxAge === undefined ? {} : { maxAge }] as const];
  });
  return Object.fromEntries(asked);
}

/** SPEC-0701 §Change Control: any two governance board members, and never who asks. */
function emergencyOf({ emergency = {} }: WrittenEnvironment, { profile, proof }: Rules): EmergencyConfig {
  const { board = 2 } = emergency;
  return {
    approval: {
      roles: Array.from({ length: board }, () => governanceBoard),
      requesterMayApprove: false,
      expiresAfter: emergency['expires-after'] ?? profile.approvalExpiry,
      ...proof,
    },
    window: emergency.window ?? profile.emergencyWindow,
    escalateAfter: emergency['escalate-after'] ?? profile.escalateAfter,
    reviewWithin: emergency['review-within'] ?? profile.reviewWithin,
  };
}

function serviceOf(ask: {
  readonly name: string;
  readonly s: WrittenService;
  readonly environments: readonly EnvironmentConfig[];
  readonly directory: string;
  readonly profile: Profile;
}): ServiceConfig {
  const { name, s, environments, directory, profile } = ask;
  const stages = environments.map((environment) => {
    const stage = s.environments[environment.name];
    const instances = stage?.instances ?? 1;
    const strategy = strategyOf({
      service: s,
      environment: environment.name,
      tier: environment.tier,
      instances,
      profile,
    });
    const expected = stage?.['expected-requests-per-minute'];
    return [
      environment.name,
      {
        ...{ instances, strategy, port: stage?.port ?? 0, variables: stage?.variables ?? {} },
        ...(expected !== undefined && { expectedPerMinute: expected }),
      },
    ];
  });
  return {
    name,
    repository: isUrl(s.repository) ? s.repository : resolve(directory, s.repository),
    build: buildOf(s),
    process: processOf(s),
    smoke: s.smoke.map(smokeOf),
    ...(s.database && { database: databaseOf(s.database, directory) }),
    ...(s.observability && { observability: observabilityOf(s.observability) }),
    stages: Object.fromEntries(stages) as ServiceConfig['stages'],
    smokeWithin: s['smoke-within'] ?? profile.smokeWithin,
    rollbackPatience: s['rollback-patience'] ?? profile.rollbackPatience,
    ...(s['way-back'] && { wayBack: s['way-back'] }),
    whenBusy: s['when-busy'],
  };
}

const observabilityOf = ({ logs, traces }: NonNullable<WrittenService['observability']>) => ({
  ...(logs !== undefined && { logs }),
  ...(traces !== undefined && { traces }),
});

function buildOf({ build }: WrittenService): BuildConfig {
  return {
    gates: build?.gates ?? [],
    ...(build?.run !== undefined && { run: build.run }),
    output: build?.output ?? '.',
    timeout: build?.timeout ?? minutes(10),
    ...(build?.['allow-secrets'] && { allowSecrets: build['allow-secrets'] }),
  };
}

function processOf({ process }: WrittenService): ProcessConfig {
  return {
    run: process.run,
    health: process.health,
    ready: process.ready ?? process.health,
    startWithin: process['start-within'] ?? seconds(30),
    stopWithin: process['stop-within'] ?? seconds(10),
  };
}

function smokeOf(check: WrittenSmokeCheck): SmokeCheck {
  const { name, run, body, contains } = check;
  if (run !== undefined) return { kind: 'command', name, run };
  const method = methods.find((m) => check[m] !== undefined) ?? 'get';
  const json = body !== undefined && typeof body !== 'string';
  return {
    kind: 'http',
    name,
    method: method.toUpperCase(),
    path: check[method] ?? '/',
    headers: { ...(json && { 'content-type': 'application/json' }), ...lowerCased(check.headers ?? {}) },
    ...(body !== undefined && { body: json ? JSON.stringify(body) : body }),
    status: check.status ?? 200,
    ...(contains !== undefined && { contains }),
  };
}

const isUrl = (repository: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:/i.test(repository);

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));

function mapped<T, U>(record: Readonly<Record<string, T>>, of: (entry: [string, T]) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map((entry) => [entry[0], of(entry)]));
}
