import * as z from 'zod';
import { type CommandKind, precedence } from '../../domain/command.js';
import type { Address, Run } from '../desk.js';

/** Where the Temporal UI shows a namespace, for example `http://127.0.0.1:8233/namespaces/default`; missing where there is none. */
export type TemporalUi = string | undefined;

const commandLinks = <T>(of: (kind: CommandKind) => T): Record<CommandKind, T> =>
  Object.fromEntries(precedence.map((kind) => [kind, of(kind)])) as Record<CommandKind, T>;

export const releaseLinks = z
  .strictObject({
    self: z.string(),
    timeline: z.string(),
    approvals: z.string(),
    /** Where each command goes. */
    ...commandLinks((kind) => z.string().describe(kind)),
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
    ...commandLinks((kind) => `${self}/${kind}`),
    service: `/v1/services/${service}`,
    ...(temporal !== undefined && { temporal }),
  };
}

export const temporalLink = (ui: TemporalUi, { workflowId, runId }: Pick<Run, 'workflowId' | 'runId'>) =>
  ui === undefined ? undefined : `${ui}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
