import type { Artifact } from './artifact.js';
import { after, type Instant, type Milliseconds, spoken } from './duration.js';
import type { Role } from './environment.js';

/** The Production Readiness Checklist of SPEC-0701, in its order. */
export const readinessItems = [
  'quality-gates',
  'staging-verified',
  'observability',
  'runbooks',
  'restore-tested',
  'rollback-rehearsed',
  'on-call-notified',
  'change-log',
  'security-scan',
  'load-test',
] as const;

export type ReadinessItem = (typeof readinessItems)[number];

/** A dated proof of a readiness item. */
export interface Evidence {
  readonly item: ReadinessItem;
  /** When what it proves was done: its age counts from here. */
  readonly at: Instant;
  readonly by: string;
  /** `system`: Slipway saw it itself. `record`: it is written down in the governance repository. `statement`: somebody says so. */
  readonly source: EvidenceSource;
  readonly what: string;
  /** Of the governance repository, with the SHA-256 of what it said then. */
  readonly record?: { readonly path: string; readonly hash: string };
}

export type EvidenceSource = 'system' | 'record' | 'statement';

/** Which items are asked for, and how old their evidence may be; no age: as old as it likes. */
export type ReadinessPolicy = Readonly<Partial<Record<ReadinessItem, { readonly maxAge?: Milliseconds }>>>;

/** How an item can be proved by people, in whose role; the others Slipway sees itself. */
interface Proof {
  readonly asks: string;
  readonly sources: readonly EvidenceSource[];
  /** Only who holds one of these roles can say so; anybody who operates, where it is missing. */
  readonly roles?: readonly Role[];
}

export const proofs: Readonly<Record<ReadinessItem, Proof>> = {
  'quality-gates': { asks: 'all quality gates passed for this commit', sources: ['system'] },
  'staging-verified': { asks: 'the same artifact passed its smoke suite in staging', sources: ['system'] },
  observability: { asks: 'metrics, logs and traces of the service arrive', sources: ['system', 'statement'] },
  runbooks: { asks: 'runbooks say how the new version is operated', sources: ['record'] },
  'restore-tested': { asks: 'backup and restore were tested', sources: ['system', 'record'] },
  'rollback-rehearsed': { asks: 'a rollback was rehearsed', sources: ['system', 'record'] },
  'on-call-notified': {
    asks: 'whoever is on call knows of the deployment, and says so',
    sources: ['system', 'statement'],
    roles: ['on-call'],
  },
  'change-log': { asks: 'the Change Log has the planned entry', sources: ['system'] },
  'security-scan': {
    asks: 'the artifact holds no secret, or findings of a security scan were looked at',
    sources: ['system', 'record'],
  },
  'load-test': {
    asks: 'load was tested, or traffic patterns do not change',
    sources: ['record', 'statement'],
  },
};

/** Where one item stands. `holds` until `expiresAt`. */
export interface ItemStanding {
  readonly item: ReadinessItem;
  readonly state: 'holds' | 'missing' | 'expired';
  /** What is asked, what is there, and how old it is: a sentence. */
  readonly reason: string;
  readonly evidence?: Evidence;
  readonly expiresAt?: Instant;
  /** What supplies it; missing where it holds, and where only the release itself can show it. */
  readonly command?: string;
}

/** The checklist as it was judged at a moment. */
export interface Readiness {
  readonly at: Instant;
  readonly items: readonly ItemStanding[];
}

/** What a release has shown itself on its way: evidence that needs nobody. */
export function ownEvidence(of: {
  readonly artifact: Artifact;
  readonly changeId: string;
  readonly at: Instant;
  /** The environments that have adopted this very artifact, smoke suite passed, staging among them. */
  readonly rehearsedIn: readonly string[];
}): readonly Evidence[] {
  const { artifact, changeId, at, rehearsedIn } = of;
  const seen = { by: 'slipway', source: 'system' as const };
  const staged = rehearsedIn.join(', ');
  return [
    { ...seen, item: 'quality-gates', at: artifact.builtAt, what: `the gates of ${artifact.tag} passed` },
    ...(staged === ''
      ? []
      : [{ ...seen, item: 'staging-verified' as const, at, what: `${artifact.digest} was adopted in ${staged}` }]),
    { ...seen, item: 'change-log', at, what: `${changeId} is planned in the Change Log` },
    ...(artifact.scanned
      ? [
          {
            ...{ ...seen, item: 'security-scan' as const, at: artifact.builtAt },
            what: `no secret in the ${artifact.scanned.files} files of ${artifact.tag} (${artifact.scanned.by})`,
          },
        ]
      : []),
  ];
}

/** Whose checklist it is; `changeId` where whoever is on call was told of that change, and can acknowledge it. */
interface About {
  readonly service: string;
  readonly now: Instant;
  readonly changeId?: string | undefined;
  /** What was looked for and is not there, where somebody has looked: said in the place of what is asked. */
  readonly lacks?: Readonly<Partial<Record<ReadinessItem, string>>>;
}

/** Where every item that is asked for stands at a moment: judged again whenever it matters, since evidence grows old. */
export function standingOf(policy: ReadinessPolicy, evidence: readonly Evidence[], about: About): Readiness {
  const items = readinessItems.flatMap((item) => {
    const asked = policy[item];
    return asked ? [itemStanding(item, asked.maxAge, latest(item, evidence), about)] : [];
  });
  return { at: about.now, items };
}

export const isReady = ({ items }: Readiness): boolean => items.every(({ state }) => state === 'holds');

/** What stands in the way, as a sentence with the way forward for each. */
export const whatIsMissing = ({ items }: Readiness): string =>
  items
    .filter(({ state }) => state !== 'holds')
    .map(({ reason, command }) => (command === undefined ? reason : `${reason}: ${command}`))
    .join('; ');

const latest = (item: ReadinessItem, evidence: readonly Evidence[]): Evidence | undefined =>
  evidence.filter((one) => one.item === item).reduce<Evidence | undefined>(newer, undefined);

const newer = (a: Evidence | undefined, b: Evidence): Evidence => (a && a.at > b.at ? a : b);

function itemStanding(
  item: ReadinessItem,
  maxAge: Milliseconds | undefined,
  evidence: Evidence | undefined,
  { service, now, changeId, lacks }: About,
): ItemStanding {
  const { asks } = proofs[item];
  const command = commandFor(item, service, changeId);
  const open = command === undefined ? {} : { command };
  const lacking = lacks?.[item];
  if (!evidence)
    return { item, state: 'missing', reason: `${item}: ${lacking ?? `nobody has shown that ${asks}`}`, ...open };
  const age = Date.parse(now) - Date.parse(evidence.at);
  const told = `${evidence.what} (${evidence.by}, ${spoken(Math.max(0, age))} ago)`;
  const expiresAt = maxAge === undefined ? undefined : after(evidence.at, maxAge);
  if (maxAge !== undefined && age > maxAge)
    return {
      ...{ item, state: 'expired', evidence, ...open },
      reason: `${item}: ${told} is older than ${spoken(maxAge)}${lacking === undefined ? '' : `; ${lacking}`}`,
    };
  return { item, state: 'holds', reason: `${item}: ${told}`, evidence, ...(expiresAt !== undefined && { expiresAt }) };
}

/** The command that supplies an item; nothing where only the release itself can. */
export function commandFor(item: ReadinessItem, service: string, changeId?: string): string | undefined {
  if (item === 'on-call-notified' && changeId !== undefined) return `slipway acknowledge ${changeId}`;
  if (item === 'rollback-rehearsed') return `slipway drill ${service}`;
  if (item === 'restore-tested') return `slipway restore-test ${service}`;
  const { sources } = proofs[item];
  if (sources.includes('record')) return `slipway evidence ${service} ${item} --record docs/… --comment "…"`;
  return sources.includes('statement') ? `slipway evidence ${service} ${item} --statement "…"` : undefined;
}

/** Why this cannot be evidence; nothing where it can. The rule, and the way forward. */
export function whyNoEvidence(
  evidence: Evidence,
  { roles, now }: { readonly roles: readonly Role[]; readonly now: Instant },
): string | undefined {
  const { item, source, at, by } = evidence;
  const { sources, roles: asked, asks } = proofs[item];
  if (!sources.includes(source)) {
    const ways = sources.filter((way) => way !== 'system').join(' or ');
    const way = ways === '' ? 'nothing: the release shows it itself' : `a ${ways}`;
    return `${item} (${asks}) is not proved by a ${source}; wanted ${way}`;
  }
  if (at > now) return `evidence from the future: ${at} is after ${now}`;
  if (asked && !asked.some((role) => roles.includes(role)))
    return `${by} holds ${roles.join(', ') || 'no role'}; ${item} is said by ${asked.join(' or ')}`;
  return undefined;
}
