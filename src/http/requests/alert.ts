import * as z from 'zod';
import { name } from '../../config/words.js';
import { changeId, line, moment, version } from './words.js';

/** What an Alertmanager sends (webhook version 4), as far as it is read; whatever else it sends is its own. */
export const alertmanagerMessage = z
  .looseObject({
    version: z.literal('4', 'the webhook of version 4'),
    groupKey: z.string().default(''),
    truncatedAlerts: z.number().default(0),
    alerts: z.array(
      z.looseObject({
        status: z.enum(['firing', 'resolved'], 'firing or resolved'),
        labels: z.record(z.string(), z.string()).default({}),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: z.string(),
        fingerprint: z.string().default(''),
      }),
      'a list of alerts',
    ),
  })
  .meta({ id: 'AlertmanagerMessage' });

export type AlertmanagerMessage = z.output<typeof alertmanagerMessage>;

/** What any other monitor sends, signed: one alert, firing or resolved. */
export const writtenAlert = z
  .strictObject({
    service: name,
    environment: name,
    name: line(200),
    severity: line(40),
    status: z.enum(['firing', 'resolved'], 'firing or resolved').default('firing'),
    summary: line(500).optional(),
    /** Names it, from its beginning to its end; its name and when it began do, when left out. */
    id: line(200).optional(),
    /** When it began: when this was signed, when left out. */
    startsAt: moment.optional(),
    change: changeId.optional(),
    version: version.optional(),
  })
  .refine(({ status, id, startsAt }) => status === 'firing' || (id ?? startsAt) !== undefined, {
    message: 'id or startsAt: which alert is resolved',
    path: ['id'],
  })
  .meta({ id: 'WrittenAlert' });

export type WrittenAlert = z.output<typeof writtenAlert>;
