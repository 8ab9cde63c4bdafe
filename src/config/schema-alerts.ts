import * as z from 'zod';
import { httpUrl, name, reference, text, wait } from './words.js';

/** Alerts as people write what they come to. */

const label = name.optional();

const severities = z.record(text, wait, 'severities such as { critical: now, warning: 5m }');

export const alerts = z.strictObject({
  /** The label of an alert that says what it is about. */
  labels: z
    .strictObject({
      service: label,
      environment: label,
      severity: label,
      change: label,
      version: label,
      lane: label,
    })
    .optional(),
  severities: severities.optional(),
  aftercare: severities.optional(),
  webhook: z
    .strictObject({
      secrets: z.array(reference, 'a list of references').min(1, 'at least one secret').max(4, 'at most 4'),
    })
    .optional(),
  alertmanager: z.strictObject({ url: httpUrl, bearer: reference.optional() }).optional(),
});

export type WrittenAlerts = z.output<typeof alerts>;
