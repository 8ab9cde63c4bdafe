import type { Connection } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { days, lasting } from '../../domain/duration.js';
import type { Milliseconds } from '../../domain/duration.js';
import { answerTo, status, understands, until } from './grpc-calls.js';

export interface NamespaceWish {
  readonly connection: Connection;
  readonly namespace: string;
  /** How long closed releases stay in the engine. They are kept as records for good; this is what its UI can still show. */
  readonly retentionDays: number;
  /** `raise` a shorter retention of a namespace that is there already, or `leave` it as its owner set it. */
  readonly shorterRetention: 'raise' | 'leave';
  /** Hears what is being made, a line at a time. */
  readonly tell: (line: string) => void;
  /** How long it may take: other nodes of a cluster learn of something new by and by. */
  readonly within: Milliseconds;
}

/** Registers the namespace where it is missing, and returns when workflows can be listed in it. */
export async function ensureNamespace(ask: NamespaceWish): Promise<void> {
  const { connection, namespace } = ask;
  const found = await answerTo(connection, [status.notFound, status.denied], () =>
    connection.workflowService.describeNamespace({ namespace }),
  );
  if (found.ok) await settleRetention(ask, tsToMs(found.value.config?.workflowExecutionRetentionTtl ?? msToTs(0)));
  // Where describing it is not ours to do, it may be there all the same: the query below finds out.
  else if (found.code === status.notFound) await register(ask);
  await until(`Namespace ${namespace} can be used`, ask.within, () => understands(connection, namespace, ''));
}

async function register({ connection, namespace, retentionDays, tell }: NamespaceWish): Promise<void> {
  const made = await answerTo(connection, [status.alreadyExists, status.denied, status.unimplemented], () =>
    connection.workflowService.registerNamespace({
      namespace,
      description: 'Releases, by Slipway',
      workflowExecutionRetentionPeriod: msToTs(days(retentionDays)),
    }),
  );
  if (made.ok) tell(`Made the namespace ${namespace}; closed releases stay in it for ${retentionDays} days`);
  if (made.ok || made.code === status.alreadyExists) return; // Another process of ours may have been first.
  throw new Error(
    [
      `Namespace ${namespace} does not exist, and these credentials may not make it (${made.text}). Make it with:`,
      `  temporal operator namespace create --namespace ${namespace} --retention ${retentionDays}d`,
      `or, on Temporal Cloud: tcld namespace create --namespace ${namespace} --retention-days ${retentionDays} …`,
    ].join('\n'),
  );
}

async function settleRetention(ask: NamespaceWish, found: Milliseconds): Promise<void> {
  const { connection, namespace, retentionDays, shorterRetention, tell } = ask;
  if (found >= days(retentionDays)) return;
  const kept = `Namespace ${namespace} keeps closed releases for ${lasting(found)}`;
  if (shorterRetention === 'leave') {
    tell(`${kept}; ${retentionDays} are wished for`);
    return;
  }
  const config = { workflowExecutionRetentionTtl: msToTs(days(retentionDays)) };
  await connection.workflowService.updateNamespace({ namespace, config });
  tell(`${kept}; raised to ${retentionDays}`);
}
