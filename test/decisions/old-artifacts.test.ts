import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Artifact } from '../../src/domain/artifact.js';
import { oldArtifacts } from '../../src/domain/decisions/old-artifacts.js';
import { hours } from '../../src/domain/duration.js';
import { anArtifact, tuesday } from '../support/orders.js';

const days = (n: number): number => hours(24 * n);
const built = (version: string, age: number, service = 'shop'): Artifact => ({
  ...anArtifact(version, service),
  builtAt: new Date(Date.parse(tuesday) - days(age)).toISOString(),
});
const digest = (version: string): string => anArtifact(version).digest;

/** Built so many days ago, by version; what is needed; what has had its time where ninety days are kept. */
const table: readonly [says: string, ages: Record<string, number>, needed: string[], gone: string[]][] = [
  ['nothing was built', {}, [], []],
  ['all are young', { '1.0.0': 1, '1.1.0': 2, '1.2.0': 3, '1.3.0': 90 }, [], []],
  ['the latest three are kept however old', { '1.0.0': 400, '1.1.0': 300, '1.2.0': 200 }, [], []],
  ['the fourth has had its time', { '1.0.0': 400, '1.1.0': 300, '1.2.0': 200, '1.3.0': 91 }, [], ['1.0.0']],
  ['what runs never has', { '1.0.0': 400, '1.1.0': 3, '1.2.0': 2, '1.3.0': 1 }, ['1.0.0'], []],
  [
    'what would be gone back to never has',
    { '1.0.0': 400, '1.1.0': 399, '1.2.0': 3, '1.3.0': 2, '1.4.0': 1 },
    ['1.1.0'],
    ['1.0.0'],
  ],
];

describe('artifacts, of which ninety days, what is needed and the latest three are kept', () => {
  for (const [says, ages, needed, gone] of table)
    it(says, () => {
      const artifacts = Object.entries(ages).map(([version, age]) => built(version, age));
      const of = { now: tuesday, keepFor: days(90), needed: { shop: needed.map(digest) } };
      assert.deepEqual(
        oldArtifacts(artifacts, of).map(({ artifact }) => artifact.version),
        gone,
      );
    });

  it('of a service that nobody has configured are left alone', () => {
    const artifacts = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version, i) => built(version, 400 + i, 'mail'));
    assert.deepEqual(oldArtifacts(artifacts, { now: tuesday, keepFor: days(90), needed: { shop: [] } }), []);
  });

  it('say why they may go', () => {
    const artifacts = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version, i) => built(version, 100 - i));
    const [old] = oldArtifacts(artifacts, { now: tuesday, keepFor: days(90), needed: { shop: [] } });
    assert.equal(old?.reason, 'built 100 days ago, kept for 90 days, and nothing runs it or would go back to it');
  });
});
