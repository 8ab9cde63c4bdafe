import { fileURLToPath } from 'node:url';
import { Runtime, DefaultLogger } from '@temporalio/worker';
import { connectNative } from '../../../src/adapters/temporal/native-connection.js';
import { worker } from '../../../workers/workers.js';
import { floorQueues } from './queues.js';

/** The floor's worker process: `worker.js ADDRESS NAMESPACE`, with the settings of ours. Says `ready` when it polls. */
const [address = '', namespace = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const connection = await connectNative({
  engine: { kind: 'external', connection: { address }, namespace },
});
const workers = await Promise.all([
  worker({
    connection,
    namespace,
    taskQueue: floorQueues.workflows,
    workflowsPath: fileURLToPath(new URL('./reacting.js', import.meta.url)),
  }),
  worker({
    connection,
    namespace,
    taskQueue: floorQueues.activities,
    activities: { goBack: () => Promise.resolve() },
  }),
]);
const runs = workers.map((each) => each.run());
const stop = (): void => {
  for (const running of workers) if (running.getState() === 'RUNNING') running.shutdown();
};
process.once('SIGTERM', stop);
process.once('disconnect', stop);
process.send?.('ready');
await Promise.all(runs);
await connection.close();
if (process.connected) process.disconnect();
