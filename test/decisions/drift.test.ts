import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { driftOf, type Seen } from '../../src/domain/decisions/drift.js';
import { keyOf } from '../../src/domain/finding.js';
import { anArtifact, tuesday } from '../support/orders.js';

const [former, current] = [anArtifact('1.0.0'), anArtifact('1.1.0')];
const off = { state: 'ENABLED', defaultVariant: 'off' } as const;
const place = { service: 'shop', recorded: current, runs: current, strangers: [], instances: 2 };
const flag = { flag: 'new-checkout', service: 'shop', recorded: off, is: off };
const found = (seen: Partial<Seen>) =>
  driftOf({ environment: 'production', places: [place], flags: [flag], unseen: [], ...seen }, tuesday);

/** What is seen; what is found, and the command that restores what is recorded. */
const table: readonly [says: string, seen: Partial<Seen>, kind?: string, text?: RegExp, command?: string][] = [
  ['all is as it was left', {}],
  ['nothing was ever released, and nothing runs', { places: [{ service: 'shop', strangers: [], instances: 0 }] }],
  [
    'another version runs than was adopted',
    { places: [{ ...place, runs: former }] },
    'moved',
    /^shop in production runs 1\.0\.0\+.*, and 1\.1\.0\+.* is recorded.*to keep it: slipway release shop 1\.0\.0$/,
    'slipway release shop 1.1.0',
  ],
  [
    'what was adopted is gone',
    { places: [{ service: 'shop', recorded: current, strangers: [], instances: 0 }] },
    'moved',
    /runs nothing, and 1\.1\.0/,
    'slipway release shop 1.1.0',
  ],
  [
    'something runs that was never released',
    { places: [{ service: 'shop', runs: former, strangers: [], instances: 1 }] },
    'moved',
    /and nothing is recorded.*slipway release shop 1\.0\.0$/,
    'slipway status shop',
  ],
  [
    'one instance of the right lane runs something else',
    { places: [{ ...place, strangers: [{ id: 'shop-2', version: '1.0.9' }] }] },
    'moved',
    /^1 of 2 instances of shop in production run something else than 1\.1\.0.*: shop-2 \(1\.0\.9\)$/,
    'slipway release shop 1.1.0',
  ],
  [
    'a baseline was left behind by a rollout that is no longer under way',
    { places: [{ ...place, baseline: { instances: 2, version: '1.1.0' } }] },
    'moved',
    /^2 of shop 1\.1\.0 run in production as the baseline of a rollout that is no longer under way/,
    'slipway release shop 1.1.0',
  ],
  [
    'a flag was edited',
    { flags: [{ ...flag, is: { ...off, defaultVariant: 'on' } }] },
    'flag-moved',
    /^the flag new-checkout in production is on, and its latest change has left it off.*slipway flag set new-checkout on/,
    'slipway flag set new-checkout off --environment production --reason "…"',
  ],
  [
    'a rollout was edited',
    { flags: [{ ...flag, recorded: { ...off, rollout: { on: 25, off: 75 } } }] },
    'flag-moved',
    /has left it on 25 %, off 75 %/,
    'slipway flag set new-checkout on=25,off=75 --environment production --reason "…"',
  ],
  ['a flag is gone', { flags: [{ flag: 'new-checkout', recorded: off }] }, 'flag-moved', /is gone/],
  ['the command says none', { command: { run: 'plan', kind: 'none', said: 'exit code 0' } }],
  [
    'the command says drift',
    { command: { run: 'terraform plan', kind: 'drift', said: 'exit code 2: Plan: 1 to add' } },
    'configuration',
    /^production: the configuration is not as it is written: terraform plan: exit code 2: Plan: 1 to add$/,
    'terraform plan',
  ],
  [
    'the command cannot tell',
    { command: { run: 'plan', kind: 'unknown', said: 'exit code 1, wanted 0' } },
    'unseen',
    /cannot be told: plan: exit code 1/,
  ],
  [
    'the platform does not answer',
    { places: [], unseen: [{ what: 'shop', why: 'connection refused' }] },
    'unseen',
    /^whether shop in production is as recorded cannot be told: connection refused$/,
    'slipway doctor',
  ],
];

describe('what somebody has changed by hand', () => {
  for (const [says, seen, kind, text = /^/, command] of table)
    it(`${says}: ${kind ?? 'no drift'}`, () => {
      const [finding, ...others] = found(seen);
      assert.deepEqual([finding?.kind, others], [kind, []]);
      if (!finding) return;
      assert.match(finding.text, text);
      if (command !== undefined) assert.equal(finding.command, command);
      assert.deepEqual([finding.environment, finding.since], ['production', tuesday]);
    });

  it('is told apart, flag by flag', () => {
    const edited = { ...flag, is: { ...off, defaultVariant: 'on' } };
    const keys = found({ flags: [edited, { ...edited, flag: 'theme' }] }).map(keyOf);
    assert.deepEqual(keys, ['flag-moved/production/shop/new-checkout', 'flag-moved/production/shop/theme']);
  });
});
