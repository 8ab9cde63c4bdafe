import { Client, type ConnectionLike } from '@temporalio/client';

/** A client to which this workflow is ended from outside right after it was once seen to run; `ended` says whether it was. */
export function endingWhenSeen(
  client: Client,
  workflowId: string,
): { readonly client: Client; readonly ended: () => boolean } {
  const { connection, options } = client;
  let done = false;
  const service = new Proxy(connection.workflowService, {
    get(of, name) {
      if (name !== 'describeWorkflowExecution') return Reflect.get(of, name) as unknown;
      return async (ask: Parameters<typeof of.describeWorkflowExecution>[0]) => {
        const description = await of.describeWorkflowExecution(ask);
        if (!done && ask.execution?.workflowId === workflowId) {
          done = true;
          await client.workflow.getHandle(workflowId).terminate('a test ends it');
        }
        return description;
      };
    },
  });
  const between = new Proxy(connection, {
    get: (of: ConnectionLike, name) => (name === 'workflowService' ? service : (Reflect.get(of, name, of) as unknown)),
  });
  return { client: new Client({ connection: between, namespace: options.namespace }), ended: () => done };
}
