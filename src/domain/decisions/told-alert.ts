import type { Alert } from '../alert.js';
import type { Instant } from '../duration.js';
import type { Place } from '../environment.js';

/** An alert as monitors label it. */
export interface LabelledAlert {
  readonly status: Alert['status'];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339, in any zone, as fine as it likes. */
  readonly startsAt: string;
  /** Names its labels; made of them where it is empty. */
  readonly fingerprint: string;
}

/** What is released here, and which label of an alert says what. */
export interface Here {
  readonly labels: Readonly<Record<'service' | 'environment' | 'severity' | 'change' | 'version' | 'lane', string>>;
  readonly services: readonly string[];
  readonly environments: readonly string[];
}

/** An alert and what it is about; or why it is about nothing that is released here. */
export type Told =
  | { readonly kind: 'about'; readonly place: Place; readonly alert: Alert }
  | { readonly kind: 'foreign'; readonly name: string; readonly why: string };

/** Reads what an alert is about from its labels. */
export function toldBy({ labels, annotations, status, startsAt: begun, fingerprint }: LabelledAlert, here: Here): Told {
  const label = (key: keyof Here['labels']): string | undefined => labels[here.labels[key]]?.slice(0, 100) || undefined;
  const name = plain(labels['alertname'] ?? 'an alert without a name');
  const startsAt = instantOf(begun);
  if (startsAt === undefined) return foreign(name, `startsAt is ${begun.slice(0, 40)}, no moment`);
  const place = { service: label('service') ?? '', environment: label('environment') ?? '' };
  const unknown = whyUnknown(place, here);
  if (unknown !== undefined) return foreign(name, unknown);
  const [changeId, version, lane] = [label('change'), label('version'), label('lane')];
  return {
    kind: 'about',
    place,
    alert: {
      id: alertId(fingerprint || fingerprintOf(labels), startsAt),
      ...{ name, severity: label('severity') ?? 'none', status, startsAt },
      summary: plain(annotations['summary'] ?? annotations['description'] ?? name),
      ...(changeId !== undefined && { changeId }),
      ...(version !== undefined && { version }),
      ...(lane !== undefined && { lane }),
    },
  };
}

/** Why an alert is about nothing that is released here; nothing where it may be. */
export function whyUnknown(
  { service, environment }: Place,
  { labels, services, environments }: Here,
): string | undefined {
  if (service === '') return `it has no label ${labels.service}`;
  if (environment === '') return `it has no label ${labels.environment}`;
  if (!services.includes(service)) return `service ${service} is not released here; what is: ${services.join(', ')}`;
  if (!environments.includes(environment))
    return `environment ${environment} is not known here; what is: ${environments.join(', ')}`;
  return undefined;
}

export const foreign = (name: string, why: string): Told => ({ kind: 'foreign', name: plain(name), why });

/** Told again it is the same; once it has ended and begun anew it is another. */
export const alertId = (fingerprint: string, startsAt: Instant): string => `${fingerprint.slice(0, 160)}@${startsAt}`;

/** Of labels that came without one: the same labels are the same alert. */
export const fingerprintOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join(',');

/** On one line, of a bounded length: what a monitor writes ends up in histories and records. */
export const plain = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);

function instantOf(text: string): Instant | undefined {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
