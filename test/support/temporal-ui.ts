import { randomUUID } from 'node:crypto';
import type { Stage } from './stage.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A payload as the Temporal UI makes it: JSON, base64-encoded, with its encoding as metadata. */
export const asJson = (value: unknown) => ({
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify(value)),
});

/** A payload of any encoding and any bytes: what other clients, or other buttons of the UI, can send. */
export const asBytes = (encoding: string, text: string) => ({
  metadata: { encoding: base64(encoding) },
  data: base64(text),
});

/** *Send a Signal* on a workflow's page: the very HTTP call that the Temporal UI makes. No payload is an empty box. */
export async function sendSignal(stage: Stage, workflowId: string, name: string, payload?: unknown): Promise<void> {
  await post(stage, `${encodeURIComponent(workflowId)}/signal/${encodeURIComponent(name)}`, {
    signalName: name,
    workflowExecution: { workflowId },
    ...(payload !== undefined && { input: { payloads: [payload] } }),
  });
}

/** *Send an Update*: answers what the dialog would show. */
export async function sendUpdate(stage: Stage, workflowId: string, name: string, value: unknown): Promise<string> {
  const answer = await post(stage, `${encodeURIComponent(workflowId)}/update/${encodeURIComponent(name)}`, {
    workflowExecution: { workflowId },
    waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' },
    request: { meta: { updateId: randomUUID() }, input: { name, args: { payloads: [asJson(value)] } } },
  });
  return JSON.stringify(answer);
}

async function post(stage: Stage, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${stage.uiUrl()}/api/v1/namespaces/default/workflows/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the Temporal UI answered ${response.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}
