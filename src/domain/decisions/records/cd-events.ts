import type { ApprovalDecision } from '../../approval.js';
import type { Artifact } from '../../artifact.js';
import type { Instant } from '../../duration.js';
import { pass } from '../../verdict.js';
import type { RecordedEvent, RolloutFacts } from './facts.js';
import { line } from './text.js';

/**
 * Something that CDEvents 0.5.0 has a word for, before it is given an id and an envelope. `key` tells it from every other
 * of the same change.
 */
export interface Told {
  readonly key: string;
  readonly changeId: string;
  /** `dev.cdevents.<subject>.<predicate>.<version>`; of our own making `dev.cdeventsx.slipway-<subject>.…`. */
  readonly type: string;
  readonly at: Instant;
  readonly subject: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What machines are told of a recorded event; `paths` is what the record left. A plan alone is nothing to tell. */
export function cdEventsOf(event: RecordedEvent, paths: readonly string[]): readonly Told[] {
  switch (event.kind) {
    case 'rollout-ended':
      return [...approvals(event.rollout), ...ended(event.rollout), ...incidents(event.rollout, paths)];
    case 'release-closed':
      return approvals(event.release);
    case 'flag-changed':
      return approvals(event.change);
    case 'change-opened':
    case 'flag-change-opened':
    case 'flags-off':
    case 'debt-settled':
    case 'drill-ended':
    case 'audit-reported':
    case 'secret-rotated':
    case 'acknowledged':
    case 'follow-up-opened':
    case 'follow-up-said':
    case 'service-reconciled':
      return [];
  }
}

/** A rollout that a person ended as it was, or aborted, has deployed nothing that could be named. */
function ended({ order, plan, outcome }: RolloutFacts): readonly Told[] {
  const { service, environment } = plan.place;
  const told = (predicate: string, artifact: Artifact): Told => ({
    key: `service/${environment}`,
    changeId: order.changeId,
    type: `dev.cdevents.service.${predicate}.0.3.0`,
    at: outcome.endedAt,
    subject: `service/${service}`,
    content: { environment: { id: environment }, artifactId: packageUrl(artifact) },
  });
  if (outcome.kind === 'adopted') return [told(plan.from ? 'upgraded' : 'deployed', plan.to)];
  // A first version that went back left nothing running, which `rolledback` has no way to say.
  if (outcome.kind === 'rolled-back' && plan.from) return [told('rolledback', plan.from)];
  return [];
}

/** A rollback is an incident: detected at the demand, resolved when users were safe and it was verified, reported by its record. */
function incidents({ order, plan, outcome }: RolloutFacts, paths: readonly string[]): readonly Told[] {
  const { rollback } = outcome;
  const page = paths.find((path) => /\/incident-[^/]+\/incident\.md$/.test(path));
  if (!rollback || page === undefined) return [];
  const { service, environment } = plan.place;
  const told = (predicate: string, at: Instant, more: Readonly<Record<string, unknown>>): Told => ({
    key: `incident/${environment}`,
    changeId: order.changeId,
    type: `dev.cdevents.incident.${predicate}.0.3.0`,
    at,
    subject: page.split('/').at(-2) ?? page,
    content: {
      environment: { id: environment },
      service: { id: `service/${service}` },
      artifactId: packageUrl(plan.to),
      ...more,
    },
  });
  const good = rollback.verification ?? pass('nothing had been running before, and nothing is');
  const description = line(rollback.demand.reason) || 'no reason given';
  return [
    told('detected', rollback.demand.at, { description }),
    told('reported', outcome.endedAt, { description, ticketURI: `urn:slipway:record:${encodeURI(page)}` }),
    ...(good.kind === 'pass' ? [told('resolved', rollback.safeAt, { description: line(good.reason) })] : []),
  ];
}

/** Each person's word on a gate. It is told with every record that knows of it, each time with the same key. */
function approvals(of: {
  readonly order: { readonly changeId: string; readonly service?: string };
  readonly approvals: readonly ApprovalDecision[];
}): readonly Told[] {
  return of.approvals.map(({ decision, at, gate, ...said }) => ({
    key: `approval/${gate}/${said.person}/${decision}/${at}`,
    changeId: of.order.changeId,
    type: `dev.cdeventsx.slipway-approval.${decision === 'approve' ? 'given' : 'refused'}.0.1.0`,
    at,
    subject: `${of.order.changeId}/${gate}`,
    content: {
      changeId: of.order.changeId,
      environment: { id: gate },
      ...said,
      person: line(said.person, 80),
      comment: line(said.comment),
    },
  }));
}

/** The artifact as a package URL: `pkg:generic/shop@1.1.0?checksum=sha256:…`. */
const packageUrl = ({ service, version, digest }: Artifact): string =>
  `pkg:generic/${encodeURIComponent(service)}@${encodeURIComponent(version)}?checksum=${digest}`;
