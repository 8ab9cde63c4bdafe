import type { Decision } from '../domain/approval.js';
import type { AcknowledgedView } from '../http/routes/acknowledgements.js';
import type { LatestAlerts } from '../http/routes/alerts.js';
import type { AuditedView } from '../http/views/audit.js';
import type { DriftView } from '../http/routes/drift.js';
import type { ReconciliationView } from '../http/views/reconciliation.js';
import type { RestoreTestView } from '../http/routes/restore-tests.js';
import type { SweepView } from '../http/routes/retention.js';
import type { SchedulesView } from '../http/routes/schedules.js';
import type { ApprovalCodeView } from '../http/views/approval-code.js';
import type { WrittenDrill } from '../http/requests/drill.js';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { CommandKind } from '../domain/command.js';
import type { Finding } from '../domain/finding.js';
import type { Hold } from '../domain/rollout.js';
import type { Veto } from '../domain/service.js';
import type { FieldError } from '../http/problems.js';
import type { FlagChangeView } from '../http/views/flag-change.js';
import type { FlagsView } from '../http/views/flags.js';
import type { BegunRelease, ReleaseView } from '../http/views/release.js';
import type { ListedView } from '../http/views/list.js';
import type { PlansView } from '../http/views/plan.js';
import type { FollowUpsView, FollowUpView } from '../http/views/follow-ups.js';
import type { SecretsView } from '../http/views/secrets.js';
import type { ServiceView } from '../http/views/service.js';
import type { Entry } from '../http/views/timeline.js';

/** What people write to ask for a release, or for its plan. */
export interface WrittenAsk {
  readonly service: string;
  readonly version?: string;
  readonly ref?: string;
  readonly description?: string;
  readonly environments?: readonly string[];
  readonly flags?: readonly string[];
  readonly startAt?: string;
  readonly startBy?: string;
  readonly emergency?: string;
}

export interface WrittenDecision {
  readonly decision: Decision;
  readonly comment: string;
  readonly gate?: string;
  readonly digest?: string;
  readonly planHash?: string;
}

export interface WrittenCommand {
  readonly for?: string;
  readonly reason: string;
  readonly step?: string;
  readonly full?: boolean;
}

export interface WrittenVeto {
  readonly version: string;
  readonly reason: string;
  readonly lift?: boolean;
}

export interface WrittenEvidence {
  readonly item: string;
  readonly record?: string;
  readonly statement?: string;
  readonly comment?: string;
  readonly at?: string;
}

export interface WrittenReview {
  readonly changeId: string;
  readonly record: string;
  readonly comment: string;
}

export interface WrittenRotation {
  readonly secret: string;
  readonly reason: string;
  readonly at?: string;
}

export interface WrittenFollowUp {
  readonly changeId: string;
  readonly what: string;
  readonly owner?: string;
  readonly due?: string;
}

export interface WrittenHold {
  readonly everything?: boolean;
  readonly service?: string;
  readonly environment?: string;
  readonly reason: string;
  readonly lift?: boolean;
}

export interface HoldsView {
  readonly holds: readonly Hold[];
}

export interface FindingsView {
  readonly findings: readonly Finding[];
}

export interface AcceptedView {
  readonly changeId: string;
  readonly ahead: number;
  readonly links: ReleaseView['links'];
}

/** What people write to have a flag set. */
export interface WrittenFlag {
  readonly environment: string;
  readonly to: string | Readonly<Record<string, number>>;
  readonly reason: string;
  readonly observe?: string | true;
}

export interface AcceptedFlagView {
  readonly changeId: string;
  readonly environment: string;
  readonly flag: string;
  readonly links: FlagChangeView['links'];
}

/** One event of a timeline that is followed. */
export type TimelineEvent =
  | { readonly event: 'entry'; readonly id: string; readonly entry: Entry }
  | { readonly event: 'release'; readonly release: ReleaseView }
  | { readonly event: 'end' };

/** The front door answered, and said no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errors: readonly FieldError[];

  constructor(status: number, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/** Nothing answers there. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export type Door = ReturnType<typeof openDoor>;

/** The front door as the command line speaks to it. Throws a `Refusal` or `NoAnswer`. */
export function openDoor({ url, token }: { readonly url: string; readonly token: string }) {
  return {
    url,
    plan: (body: WrittenAsk) => post<PlansView>('/v1/plans', body),
    release: (body: WrittenAsk, key: string) => post<AcceptedView>('/v1/releases', body, key),
    read: (changeId: string) => get<ReleaseView>(ofRelease(changeId)),
    list: (query: Readonly<Record<string, string>>) =>
      get<{ readonly releases: readonly ListedView[]; readonly next?: string }>(
        `/v1/releases?${new URLSearchParams(query).toString()}`,
      ),
    services: async () => (await get<{ readonly services: readonly ServiceView[] }>('/v1/services')).services,
    service: (name: string) => get<ServiceView>(`/v1/services/${encodeURIComponent(name)}`),
    decide: (changeId: string, body: WrittenDecision) => post<BegunRelease>(`${ofRelease(changeId)}/approvals`, body),
    code: (changeId: string) => get<ApprovalCodeView>(`${ofRelease(changeId)}/approval-code`),
    flagCode: (environment: string, name: string) =>
      get<ApprovalCodeView>(`${ofFlag(environment, name)}/approval-code`),
    command: (changeId: string, kind: CommandKind, body: WrittenCommand) =>
      post<ReleaseView | AcceptedView>(`${ofRelease(changeId)}/${kind}`, body),
    acknowledge: (changeId: string, body: { readonly comment?: string }) =>
      post<AcknowledgedView>(`${ofRelease(changeId)}/acknowledgements`, body),
    rollBackService: (name: string, body: { readonly reason: string; readonly environment?: string }) =>
      post<AcceptedView>(`/v1/services/${encodeURIComponent(name)}/rollback`, body),
    veto: (name: string, body: WrittenVeto) =>
      post<{ readonly vetoes: readonly Veto[] }>(`/v1/services/${encodeURIComponent(name)}/veto`, body),
    showEvidence: (name: string, body: WrittenEvidence) =>
      post<ServiceView>(`/v1/services/${encodeURIComponent(name)}/evidence`, body),
    drill: (name: string, body: WrittenDrill) =>
      post<ServiceView>(`/v1/services/${encodeURIComponent(name)}/drills`, body),
    review: (name: string, body: WrittenReview) =>
      post<ServiceView>(`/v1/services/${encodeURIComponent(name)}/reviews`, body),
    reconcile: (name: string, body: { readonly reason: string; readonly dryRun?: true }) =>
      post<ReconciliationView>(`/v1/services/${encodeURIComponent(name)}/reconcile`, body),
    alerts: () => get<LatestAlerts>('/v1/alerts'),
    retention: (apply: boolean) => (apply ? post<SweepView>('/v1/retention', {}) : get<SweepView>('/v1/retention')),
    schedules: () => get<SchedulesView>('/v1/schedules'),
    triggerSchedule: (name: string) =>
      post<SchedulesView['schedules'][number]>(`/v1/schedules/${encodeURIComponent(name)}/runs`, {}),
    audit: (quarter: string | undefined, write: boolean) =>
      write
        ? post<AuditedView>('/v1/audit', { quarter })
        : get<AuditedView>(
            `/v1/audit${quarter === undefined ? '' : `?${new URLSearchParams({ quarter }).toString()}`}`,
          ),
    drift: (environment: string | undefined, tell: boolean) =>
      tell
        ? post<DriftView>('/v1/drift', { environment })
        : get<DriftView>(
            `/v1/drift${environment === undefined ? '' : `?${new URLSearchParams({ environment }).toString()}`}`,
          ),
    restoreTest: (name: string, environment: string | undefined) =>
      post<RestoreTestView>(`/v1/services/${encodeURIComponent(name)}/restore-tests`, { environment }),
    restoreSeen: (name: string, environment: string) =>
      get<RestoreTestView>(
        `/v1/services/${encodeURIComponent(name)}/restore-tests?${new URLSearchParams({ environment }).toString()}`,
      ),
    secrets: () => get<SecretsView>('/v1/secrets'),
    rotated: (body: WrittenRotation) => post<SecretsView>('/v1/secrets/rotations', body),
    followUps: (query: Readonly<Record<string, string>>) =>
      get<FollowUpsView>(`/v1/follow-ups?${new URLSearchParams(query).toString()}`),
    openFollowUp: (body: WrittenFollowUp) => post<FollowUpView>('/v1/follow-ups', body),
    closeFollowUp: (id: string, body: { readonly comment: string; readonly record?: string }) =>
      post<FollowUpView>(`/v1/follow-ups/${encodeURIComponent(id)}/close`, body),
    changeFollowUp: (id: string, body: { readonly reason: string; readonly owner?: string; readonly due?: string }) =>
      post<FollowUpView>(`/v1/follow-ups/${encodeURIComponent(id)}/change`, body),
    holds: () => get<HoldsView>('/v1/holds'),
    findings: () => get<FindingsView>('/v1/findings'),
    hold: (body: WrittenHold) => post<HoldsView>('/v1/holds', body),
    flags: (environment: string | undefined) =>
      get<FlagsView>(
        `/v1/flags${environment === undefined ? '' : `?${new URLSearchParams({ environment }).toString()}`}`,
      ),
    setFlag: (name: string, body: WrittenFlag, key: string) =>
      send<AcceptedFlagView>('PUT', `/v1/flags/${encodeURIComponent(name)}`, body, key),
    flagChange: (environment: string, name: string) => get<FlagChangeView>(ofFlag(environment, name)),
    decideFlag: (environment: string, name: string, body: WrittenDecision) =>
      post<FlagChangeView>(`${ofFlag(environment, name)}/approvals`, body),
    tellFlag: (environment: string, name: string, demand: 'rollback' | 'retry', reason: string) =>
      post<FlagChangeView>(`${ofFlag(environment, name)}/${demand}`, { reason }),
    follow,
  };

  /** The timeline from after an entry on. Ends when the connection does: only the event `end` says that it is all. */
  async function* follow(changeId: string, after: string | undefined): AsyncGenerator<TimelineEvent> {
    const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': after }) };
    const response = await ask(`${ofRelease(changeId)}/timeline`, { headers });
    if (response.status === 204) yield { event: 'end' };
    if (!response.body) return;
    const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    try {
      for await (const { event, id, data } of events) {
        const value: unknown = JSON.parse(data);
        if (event === 'entry') yield { event, id: id ?? '', entry: value as Entry };
        if (event === 'release') yield { event, release: value as ReleaseView };
        if (event === 'end') yield { event };
      }
    } catch (fault) {
      throw new NoAnswer(`the connection to ${url} broke`, { cause: fault });
    }
  }

  async function get<T>(path: string): Promise<T> {
    return (await (await ask(path, { headers: { accept: 'application/json' } })).json()) as T;
  }

  async function post<T>(path: string, body: unknown, key?: string): Promise<T> {
    return await send<T>('POST', path, body, key);
  }

  async function send<T>(method: string, path: string, body: unknown, key?: string): Promise<T> {
    const headers = { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) };
    return (await (await ask(path, { method, headers, body: JSON.stringify(body) })).json()) as T;
  }

  async function ask(path: string, request: Asked): Promise<Response> {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const response = await fetch(`${url}${path}`, { ...request, headers, redirect: 'error' }).catch(
      (fault: unknown) => {
        throw new NoAnswer(`no Slipway answers at ${url}; start one with \`slipway start\``, { cause: fault });
      },
    );
    if (response.ok) return response;
    throw await refusalOf(response);
  }
}

interface Asked {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const ofRelease = (changeId: string): string => `/v1/releases/${encodeURIComponent(changeId)}`;

const ofFlag = (environment: string, name: string): string =>
  `/v1/flags/${encodeURIComponent(environment)}/${encodeURIComponent(name)}/change`;

/** A problem (RFC 9457); what is none was not said by Slipway. */
async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text();
  if (!response.headers.get('content-type')?.startsWith('application/problem+json'))
    return new Refusal(response.status, `status ${response.status}, and not from Slipway: ${text.slice(0, 200)}`);
  const problem = JSON.parse(text) as { detail: string; errors?: FieldError[]; instance: string };
  const detail = response.status === 500 ? `${problem.detail}: ${problem.instance}` : problem.detail;
  return new Refusal(response.status, detail, problem.errors);
}
