import * as z from 'zod';
import { checked, inBody } from '../check.js';
import type { Told } from '../../domain/decisions/told-alert.js';
import { createAlerting, type TakenAlert } from '../alerting.js';
import type { DoorParts } from '../door.js';
import type { DoorMetrics } from '../metrics.js';
import { DeskFault } from '../desk.js';
import { readLeftOut } from '../left-out.js';
import { Problem } from '../problems.js';
import { readJson } from '../read-json.js';
import { alertmanagerMessage, writtenAlert } from '../requests/alert.js';
import { type Answer, json, nothing, type Route, route } from '../route.js';
import { signedBy } from '../signed.js';
import { toldByAlertmanager, toldDirectly } from '../told-alerts.js';
import * as nouns from '../views/nouns.js';

/** What came of an alert; `foreign`: it is about nothing that is released here. */
const taken = z
  .strictObject({
    at: nouns.instant,
    name: z.string(),
    service: z.string().exactOptional(),
    environment: z.string().exactOptional(),
    severity: z.string().exactOptional(),
    status: z.enum(['firing', 'resolved']).exactOptional(),
    startsAt: nouns.instant.exactOptional(),
    changeId: z.string().exactOptional(),
    outcome: z.enum(['demanded', 'counting-down', 'snoozed', 'ended', 'ignored', 'foreign']),
    said: z.string(),
  })
  .meta({ id: 'TakenAlert' }) satisfies z.ZodType<TakenAlert>;

const answer = z
  .strictObject({
    alerts: nouns.list(taken),
    /** So many more the sender has left out. */
    truncated: z.number().exactOptional(),
    /** What became of those: read where they are kept, or lost, and what would keep them. */
    leftOut: z.string().exactOptional(),
    /** Why nothing could be read; sending it again would not help. */
    notUnderstood: z.string().exactOptional(),
  })
  .meta({ id: 'AlertsTaken' });

const latest = z.strictObject({ alerts: nouns.list(taken) }).meta({ id: 'LatestAlerts' });

export type LatestAlerts = z.infer<typeof latest>;

/** A group of thousands of alerts; what is larger is not read. */
const largest = 4 * 1_024 * 1_024;

/** Where monitors tell what fires. */
export function alertRoutes(parts: DoorParts & { readonly metrics: DoorMetrics }): readonly Route[] {
  const { desk, config, clock, logger, metrics } = parts;
  const { rollout: severities } = config.alerts.policy;
  const alerting = createAlerting({ desk, severities, clock, logger, counted: (outcome) => metrics.alerted(outcome) });
  return [
    route({
      method: 'post',
      path: '/v1/alerts/alertmanager',
      name: 'takeAlerts',
      summary:
        'The webhook of an Alertmanager. Once let in it is never refused: 200 says what came of each alert, 503 that it is to be sent again.',
      access: 'person',
      params: nothing,
      query: nothing,
      body: alertmanagerMessage,
      bytes: largest,
      key: 'none',
      answers: { 200: { description: 'Taken.', schema: answer } },
      inOwnWords: notUnderstood,
      async handle({ bytes, person }) {
        const message = checked(alertmanagerMessage, readJson(bytes), inBody);
        const by = person.person;
        const told = toldByAlertmanager(message, config);
        const alerts = await take(told, by);
        const { truncatedAlerts: truncated, groupKey } = message;
        if (truncated === 0) return json({ alerts });
        const leftOut = await readLeftOut({ alerts: parts.alerts, alerting, told, by });
        logger.warn({ truncated, groupKey, leftOut: leftOut.says }, 'alerts were left out by their sender');
        return json({ alerts: [...alerts, ...(await take(leftOut.told, by))], truncated, leftOut: leftOut.says });
      },
    }),
    route({
      method: 'post',
      path: '/v1/alerts/generic',
      name: 'takeSignedAlert',
      summary:
        'One alert of any monitor, signed as Standard Webhooks has it: webhook-id, webhook-timestamp, webhook-signature over the body.',
      access: 'anyone',
      params: nothing,
      query: nothing,
      body: writtenAlert,
      bytes: 64 * 1_024,
      key: 'none',
      answers: { 200: { description: 'Taken.', schema: answer } },
      async handle({ bytes, request }) {
        const alarm = (text: string) => logger.warn({ alert: 'refused' }, text);
        const { by, at } = signedBy({ bytes, request, secrets: await parts.alertSecrets(), alarm });
        const told = toldDirectly(checked(writtenAlert, readJson(bytes), inBody), { config, signedAt: at });
        return json({ alerts: await take([told], by) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/alerts',
      name: 'listAlerts',
      summary:
        'The latest hundred alerts and what came of each, also of those about nothing here, since the front door began.',
      access: 'person',
      params: nothing,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'Newest first.', schema: latest } },
      handle: () => Promise.resolve(json({ alerts: alerting.latest() })),
    }),
  ];

  /** What was not answered in time may not have been heard: it is to be sent again, as with an engine that is not there. */
  async function take(told: readonly Told[], by: string): Promise<readonly TakenAlert[]> {
    try {
      return await alerting.take(told, by);
    } catch (fault) {
      if (fault instanceof DeskFault && fault.kind === 'deadline') throw new Problem('unreachable', fault.message);
      throw fault;
    }
  }

  /** A sender takes a refusal for an answer, and sends what it holds for a fault again. */
  function notUnderstood({ kind, message }: Problem): Answer | undefined {
    if (kind !== 'malformed' && kind !== 'invalid' && kind !== 'too-large') return undefined;
    metrics.alerted('foreign');
    logger.error({ why: message }, 'alerts could not be understood: look at what sends them');
    return json({ alerts: [], notUnderstood: message });
  }
}
