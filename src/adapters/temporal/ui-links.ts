interface UiPlace {
  /** Without a slash at the end. */
  readonly uiUrl: string;
  readonly namespace: string;
}

/** The page of a workflow in the Temporal UI; of its latest run, unless one is given. */
export const workflowLink = ({
  uiUrl,
  namespace,
  workflowId,
  runId,
}: UiPlace & { readonly workflowId: string; readonly runId?: string }): string =>
  [uiUrl, 'namespaces', namespace, 'workflows', workflowId, ...(runId ? [runId, 'history'] : [])]
    .map((part, at) => (at === 0 ? part : encodeURIComponent(part)))
    .join('/');

/** The list, in the Temporal UI, of all workflows that have these search attributes, `{ SlipwayState: 'awaiting approval' }`. */
export const queryLink = ({
  uiUrl,
  namespace,
  attributes,
}: UiPlace & { readonly attributes: Readonly<Record<string, string>> }): string => {
  const query = Object.entries(attributes).map(([name, value]) => `${name}=${quoted(value)}`);
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${encodeURIComponent(query.join(' AND '))}`;
};

const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
