import * as z from 'zod';
import type { Address, Run } from '../desk.js';

/** Where the Temporal UI shows a namespace, for example `http://127.0.0.1:8233/namespaces/default`; missing where there is none. */
export type TemporalUi = string | undefined;

export const releaseLinks = z
  .strictObject({
    self: z.string(),
    timeline: z.string(),
    approvals: z.string(),
    rollback: z.string(),
    retry: z.string(),
    service: z.string(),
    temporal: z.string().exactOptional(),
  })
  .meta({ id: 'ReleaseLinks' });

/** Where a release goes on: paths of this front door, and its page in the Temporal UI once it has begun. */
export function linksOf({ service, changeId }: Address, ui: TemporalUi, run?: Run): z.infer<typeof releaseLinks> {
  const self = `/v1/releases/${changeId}`;
  const temporal = run && temporalLink(ui, run);
  return {
    self,
    timeline: `${self}/timeline`,
    approvals: `${self}/approvals`,
    rollback: `${self}/rollback`,
    retry: `${self}/retry`,
    service: `/v1/services/${service}`,
    ...(temporal !== undefined && { temporal }),
  };
}

export const temporalLink = (ui: TemporalUi, { workflowId, runId }: Pick<Run, 'workflowId' | 'runId'>) =>
  ui === undefined ? undefined : `${ui}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
