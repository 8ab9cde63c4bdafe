import { z } from 'zod';
import type { ServiceConfig } from '../../config/config.js';
import type { Artifact } from '../../domain/artifact.js';
import type { Instant } from '../../domain/duration.js';
import type { GateRun } from '../../domain/gate.js';
import { withoutCredentials } from './mirror.js';

/** An in-toto v1 statement with SLSA provenance v1: which commit an artifact was made of, how, by whom, and when. */
export function provenance(made: {
  readonly artifact: Artifact;
  readonly service: ServiceConfig;
  readonly gates: readonly GateRun[];
  readonly begunAt: Instant;
  readonly endedAt: Instant;
  readonly invocation: string;
}) {
  const { artifact, service, gates } = made;
  const repository = withoutCredentials(service.repository);
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: `${artifact.service}-${artifact.version}.tar.gz`,
        digest: { sha256: artifact.digest.slice('sha256:'.length) },
      },
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:slipway:build:commands:v1',
        externalParameters: {
          service: artifact.service,
          repository,
          commit: artifact.commit,
          version: artifact.version,
        },
        internalParameters: { commands: service.build, gates },
        resolvedDependencies: [{ uri: `git+${repository}@${artifact.commit}`, digest: { gitCommit: artifact.commit } }],
      },
      runDetails: {
        builder: { id: 'urn:slipway:builder:checkout', version: { node: process.version } },
        metadata: { invocationId: made.invocation, startedOn: made.begunAt, finishedOn: made.endedAt },
      },
    },
  };
}

/** The gate runs a kept statement tells of. */
export const gatesOf = (statement: unknown): readonly GateRun[] =>
  gatesWritten.parse(statement).predicate.buildDefinition.internalParameters.gates;

const gate = z.object({
  name: z.string(),
  verdict: z.object({ kind: z.enum(['pass', 'fail', 'inconclusive', 'no-data', 'error']), reason: z.string() }),
  log: z.string(),
});

const gatesWritten = z.object({
  predicate: z.object({
    buildDefinition: z.object({ internalParameters: z.object({ gates: z.array(gate) }) }),
  }),
});
