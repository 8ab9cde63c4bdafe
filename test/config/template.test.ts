import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { roster, stageOrders } from '../../src/config/orders.js';
import { startingFile } from '../../src/config/template.js';
import { hours, minutes, seconds } from '../../src/domain/duration.js';
import { configOf, problemsOf } from './support.js';

describe('the starting file', () => {
  it('is valid as it stands', async () => {
    const config = await configOf(startingFile());
    assert.equal(config.profile.name, 'spec-0701');
    assert.deepEqual(Object.keys(config.services), ['shop']);
  });

  it('is valid with every example in its comments made a setting', async () => {
    const examples =
      /^( *)# (?=run:|gates:|windows:|customers:|freezes:|alerts:|ready:|latency-p95:|- \{|approval:|database:| {2}(?:roles|expires-after|url|migration|dump-timeout|statement-timeout|lock-timeout|keep-backups):)/gm;
    const lived = startingFile().replace(examples, '$1');
    assert.equal(startingFile().match(examples)?.length, 20);
    assert.deepEqual(await problemsOf(lived), []);
  });

  it('is valid under the demo profile', async () => {
    const config = await configOf(startingFile().replace('profile: spec-0701', 'profile: demo'));
    assert.equal(config.profile.compressed, true);
  });

  it('takes the name of the service and its repository', async () => {
    const config = await configOf(startingFile({ service: 'billing', repository: 'code: "b" # c' }));
    assert.equal(config.services['billing']?.repository, join(config.directory, 'code: "b" # c'));
  });

  it('is short enough to be read', () => {
    const lines = startingFile().split('\n');
    assert.ok(lines.length <= 90, `${lines.length} lines`);
    assert.ok(lines.every((line) => line.length <= 120));
  });
});

describe('what a release is asked with', () => {
  it('an environment has quality gates of its own; an emergency waits for those that say so by saying nothing', async () => {
    const gates = '[{ name: e2e, run: ./e2e.sh, timeout: 20m }, { name: soak, run: ./soak.sh, in-emergency: false }]';
    const config = await configOf(startingFile().replace(/# gates: \[.*/, `gates: ${gates}`));
    const asked = (kind: 'standard' | 'emergency') =>
      stageOrders(config, config.services['shop']!, kind).map((stage) => stage.gates);
    const e2e = { name: 'e2e', run: './e2e.sh', timeout: minutes(20) };
    assert.deepEqual(asked('standard'), [
      undefined,
      undefined,
      [e2e, { name: 'soak', run: './soak.sh', timeout: minutes(10) }],
    ]);
    assert.deepEqual(asked('emergency'), [undefined, undefined, [e2e]]);
  });

  it('each environment asks for its own, in order of promotion', async () => {
    const config = await configOf(startingFile());
    const orders = stageOrders(config, config.services['shop']!);
    assert.deepEqual(
      orders.map(({ environment, tier, instances, strategy }) => [environment, tier, instances, strategy.kind]),
      [
        ['dev', 'development', 1, 'rolling'],
        ['staging', 'staging', 1, 'rolling'],
        ['production', 'production', 2, 'canary'],
      ],
    );
    const { approval, smokeWithin, rollbackPatience, strategy } = orders[2]!;
    assert.deepEqual(approval.roles, ['governance-sentinel', 'service-owner']);
    assert.equal(approval.expiresAfter, hours(24));
    assert.equal(smokeWithin, minutes(5));
    assert.equal(rollbackPatience, minutes(5));
    assert.equal(strategy.afterwards?.every, seconds(15));
  });

  it('the roster says who holds which role', async () => {
    assert.deepEqual(roster(await configOf(startingFile())), {
      alice: ['implementation-wrangler'],
      grace: ['governance-sentinel'],
      oscar: ['service-owner', 'on-call'],
    });
  });
});
