import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createMemoryBuilder } from '../../src/adapters/memory/builder.js';
import { createMemoryApprovalCodes } from '../../src/adapters/memory/approval-codes.js';
import { createMemoryArtifacts } from '../../src/adapters/memory/artifacts.js';
import { createMemoryCalendars, type MemoryCalendars } from '../../src/adapters/memory/calendars.js';
import { createMemoryGates, type MemoryGates } from '../../src/adapters/memory/gates.js';
import { createMemoryDrift, type MemoryDrift } from '../../src/adapters/memory/drift.js';
import { createMemoryDatabase } from '../../src/adapters/memory/database.js';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import { createMemoryLoad, type MemoryLoad } from '../../src/adapters/memory/load.js';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemoryMetrics } from '../../src/adapters/memory/metrics.js';
import { createMemoryPersonalMail } from '../../src/adapters/memory/personal-mail.js';
import { createMemoryPrincipals } from '../../src/adapters/memory/principals.js';
import { createMemoryRecords, type MemoryRecords } from '../../src/adapters/memory/records.js';
import { createMemorySecrets, type MemorySecrets } from '../../src/adapters/memory/secrets.js';
import { createMemorySmoke } from '../../src/adapters/memory/smoke.js';
import { createMemoryTelemetry, type MemoryTelemetry } from '../../src/adapters/memory/telemetry.js';
import { createMemoryTraffic } from '../../src/adapters/memory/traffic.js';
import { createWorkflows } from '../../src/adapters/temporal/workflows.js';
import { createMemoryWorld, type MemoryWorld } from '../../src/adapters/memory/world.js';
import { usualNotices } from '../../src/domain/acknowledgement.js';
import { usualFollowUps } from '../../src/domain/follow-up.js';
import type { KnownPrincipals } from '../../src/domain/decisions/who-sent.js';
import { hours } from '../../src/domain/duration.js';
import type { FlagDefinition } from '../../src/domain/flag.js';
import type { Governed } from '../../src/domain/governed.js';
import type { KnownSecret } from '../../src/domain/secret.js';
import type { Notice, PersonalMail } from '../../src/ports/notifier.js';
import { startOf } from '../../src/mailbox.js';
import { type Heard, serviceId, submitUpdate, workflowTypes } from '../../src/messages.js';
import type { ReleaseRequest } from '../../src/domain/release.js';
import type { Accepted, ServiceMemory } from '../../src/domain/service.js';
import { speakAs, vouching } from '../../src/http/speaker.js';
import type { Principals } from '../../src/ports/principals.js';
import type { Smoke } from '../../src/ports/smoke.js';
import type { Artifacts } from '../../src/ports/artifacts.js';
import type { Flags } from '../../src/ports/flags.js';
import type { Fleet } from '../../src/ports/fleet.js';
import type { Records } from '../../src/ports/records.js';
import { environmentWorkers, houseWorkers } from '../../workers/workers.js';

/** Slipway's own workers and workflows, whose world, records and builds are in memory, on a server that skips time. */
export interface MemorySlipway {
  readonly world: MemoryWorld;
  readonly records: MemoryRecords;
  readonly calendars: MemoryCalendars;
  readonly load: MemoryLoad;
  readonly drift: MemoryDrift;
  readonly gates: MemoryGates;
  readonly telemetry: MemoryTelemetry;
  readonly flags: Flags;
  readonly secrets: MemorySecrets;
  readonly artifacts: Artifacts;
  /** What people were told, in order; customers too, each text beginning with `customers: `. */
  readonly told: readonly Notice[];
  close(): Promise<void>;
}

/** What stands in for the twin of a port. */
export interface Instead {
  readonly fleet?: (fleet: Fleet) => Fleet;
  readonly smoke?: Smoke;
  readonly records?: (records: Records) => Records;
  /** Why the database of the shop does not restore; it does when missing. */
  readonly unrestorable?: () => string | undefined;
  readonly secrets?: readonly KnownSecret[];
  readonly personalMail?: PersonalMail;
  readonly principals?: Principals;
  readonly knownPrincipals?: KnownPrincipals;
}

/** One environment, and the versions of one service that can be built. */
export async function openMemorySlipway(
  time: TestWorkflowEnvironment,
  of: {
    readonly environment: string;
    readonly commits: Parameters<typeof createMemoryBuilder>[0]['commits'];
    readonly governed?: readonly Governed[];
    readonly flags?: readonly FlagDefinition[];
  },
  instead: Instead = {},
): Promise<MemorySlipway> {
  const world = createMemoryWorld();
  const records = createMemoryRecords();
  const fleet = createMemoryFleet(world);
  const calendars = createMemoryCalendars();
  const load = createMemoryLoad();
  const drift = createMemoryDrift();
  const gates = createMemoryGates();
  const telemetry = createMemoryTelemetry();
  const database = createMemoryDatabase({
    packages: () => ({ scripts: {} }),
    services: ['shop'],
    ...(instead.unrestorable && { unrestorable: instead.unrestorable }),
  });
  const flags = createMemoryFlags({ [of.environment]: of.flags ?? [] });
  const secrets = createMemorySecrets(instead.secrets);
  const artifacts = createMemoryArtifacts({ directory: join(tmpdir(), 'slipway-memory') });
  const told: Notice[] = [];
  const workflows = {
    underWay: () => Promise.reject(new Error('nothing is compared here')),
    reopenMailbox: () => Promise.resolve(),
    outcomeOf: () => Promise.resolve(undefined),
    latestReleases: () => Promise.resolve([]),
    isRunning: () => Promise.resolve(false),
    progressOf: (workflowId: string) => createWorkflows(time.client).progressOf(workflowId),
    runningChanges: () => Promise.resolve([]),
    recordsAskedBy: () => Promise.resolve(undefined),
    endChange: () => Promise.resolve(),
    standing: (service: string) => createWorkflows(time.client).standing(service),
    neededBy: (service: string) => createWorkflows(time.client).neededBy(service),
  };
  const polling = { connection: time.nativeConnection, namespace: time.namespace ?? 'default' };
  const builder = createMemoryBuilder({ commits: of.commits, now: () => new Date().toISOString() });
  const workers = [
    ...(await houseWorkers(polling, {
      ...{ builder, workflows, artifacts },
      records: instead.records?.(records) ?? records,
      ...{ services: ['shop'], keepArtifacts: hours(90 * 24), governed: of.governed ?? [], every: 1_000 },
      readHistory: () => Promise.resolve({}),
      notifier: { tell: (notice) => Promise.resolve(void told.push(notice)) },
      codes: createMemoryApprovalCodes(),
      ...{ secrets, followUps: usualFollowUps, notices: usualNotices, roster: {} },
      principals: instead.principals ?? createMemoryPrincipals(),
      ...(instead.knownPrincipals && { knownPrincipals: instead.knownPrincipals }),
      personalMail: instead.personalMail ?? createMemoryPersonalMail(),
      customers: {
        tell: (_, { key, text }) => Promise.resolve(void told.push({ key, text: `customers: ${text}` })),
      },
    })),
    ...(await environmentWorkers(
      polling,
      { name: of.environment },
      {
        fleet: instead.fleet?.(fleet) ?? fleet,
        traffic: createMemoryTraffic(world),
        metrics: createMemoryMetrics(world),
        telemetry,
        smoke: instead.smoke ?? createMemorySmoke(),
        database,
        flags,
        ...{ calendars, load, drift, secrets, gates },
        ...{ workflows, services: ['shop'], last: of.environment, every: 1_000 },
      },
    )),
  ];
  const runs = workers.map((worker) => worker.run());
  return {
    world,
    records,
    calendars,
    load,
    drift,
    gates,
    telemetry,
    flags,
    secrets,
    artifacts,
    told,
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
    },
  };
}

/** Says something to the mailbox of the shop in a person's name, as the front door does. */
export const saidAs = <T>(
  time: TestWorkflowEnvironment,
  person: string,
  update: UpdateDefinition<T, [Heard]>,
  said: unknown,
): Promise<T> =>
  speakAs(person, () =>
    vouching(time.client)
      .workflow.getHandle(serviceId('shop'))
      .executeUpdate<T, [unknown]>(update.name, { args: [said] }),
  );

/** Asks the service's mailbox, which opens if need be, for a release; its version is the key unless another is given. */
export function submit(
  { client }: Pick<TestWorkflowEnvironment, 'client'>,
  request: ReleaseRequest,
  { key = request.version, ...memory }: Partial<ServiceMemory> & { readonly key?: string } = {},
): Promise<Accepted> {
  const empty = { service: request.service, running: {}, accepted: {}, latest: [], tellsBeside: true } as const;
  return client.workflow.executeUpdateWithStart(submitUpdate, {
    args: [{ request, key, fingerprint: key }],
    startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.service, {
      ...startOf({ ...empty, ...memory }),
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });
}
