import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { provenance, whyNotOurs } from '../../src/adapters/build/provenance.js';
import { anArtifact, tuesday } from '../support/orders.js';
import { aConfig } from './repository.js';

const artifact = anArtifact('1.2.0');
const ours = provenance({
  ...{ artifact, service: aConfig().services['shop']!, gates: [], begunAt: tuesday, endedAt: tuesday },
  invocation: 'one',
});
type Statement = typeof ours;
const changed = (change: (statement: Statement) => unknown): unknown => {
  const copy = structuredClone(ours);
  change(copy);
  return copy;
};
const from = ({ predicate }: Statement) => predicate.buildDefinition.externalParameters;

const refused: readonly (readonly [says: string, statement: unknown, why: RegExp])[] = [
  ['none was kept', undefined, /^it was kept without provenance/],
  ['it is empty', {}, /^it was kept without provenance/],
  [
    'it is of another predicate',
    changed((s) => (s.predicateType = 'https://slsa.dev/provenance/v0.2')),
    /^it was kept without/,
  ],
  ['it tells of no subject', changed((s) => s.subject.pop()), /^it was kept without/],
  [
    'it tells of another digest',
    changed((s) => (s.subject[0]!.digest.sha256 = 'f'.repeat(64))),
    /another digest: met sha256:f{64}, wanted sha256:/,
  ],
  [
    'it tells of another service',
    changed((s) => (from(s).service = 'till')),
    /another service: met till, wanted shop$/,
  ],
  [
    'it tells of another version',
    changed((s) => (from(s).version = '9.9.9')),
    /another version: met 9\.9\.9, wanted 1\.2\.0$/,
  ],
  [
    'it tells of another commit',
    changed((s) => (from(s).commit = '0'.repeat(40))),
    /another commit: met 0{40}, wanted /,
  ],
  [
    'it names another builder',
    changed((s) => (s.predicate.runDetails.builder.id = 'https://ci.example/job')),
    /another builder: met https:\/\/ci\.example\/job, wanted urn:slipway:builder:checkout$/,
  ],
];

describe('fault 45: the provenance of what is to be started', () => {
  it('is in order where it tells of this digest, service, version and commit, and of our builder', () => {
    assert.equal(whyNotOurs(ours, artifact), undefined);
    assert.equal(whyNotOurs(JSON.parse(JSON.stringify(ours)), artifact), undefined);
  });

  for (const [says, statement, why] of refused)
    it(`is refused where ${says}`, () => assert.match(whyNotOurs(statement, artifact) ?? '', why));
});
