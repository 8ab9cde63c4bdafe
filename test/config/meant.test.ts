import assert from 'node:assert/strict';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { SmokeCheck } from '../../src/config/config.js';
import { hours, minutes, seconds } from '../../src/domain/duration.js';
import type { Strategy } from '../../src/domain/strategy.js';
import { knownPrincipals } from '../../src/config/known-principals.js';
import { aFile, configOf } from './support.js';

const strategiesOf = async (text: string): Promise<Record<string, Strategy>> => {
  const stages = (await configOf(text)).services['shop']!.stages;
  return Object.fromEntries(Object.entries(stages).map(([name, stage]) => [name, stage.strategy]));
};

const specWindow = (length: number) => ({
  for: length,
  every: seconds(15),
  criteria: [{ kind: 'within-baseline', metric: 'error-rate', mode: 'relative', within: 0.05, alpha: 0.01 }],
  minSamples: 50,
});

describe('what a small slipway.yml means', () => {
  it('an engine that authenticates proves who sends a signal, beside codes', async () => {
    const people =
      '{ alice: { roles: [implementation-wrangler] }, grace: { roles: [governance-sentinel], principal: grace@example.org }, oscar: { roles: [service-owner, on-call] } }';
    const config = await configOf(`engine: { authenticates: jwt }\n${aFile({ people })}`);
    assert.deepEqual(knownPrincipals(config), { type: 'jwt', names: { grace: 'grace@example.org' } });
    assert.equal(knownPrincipals(await configOf(aFile())), undefined);
    const [, , production] = config.environments;
    assert.deepEqual([production?.approval.proof, production?.approval.principals], ['code', 'trusted']);
    assert.equal(production?.emergency?.approval.principals, 'trusted');
  });

  it('codes are mailed as soon as somebody has an address, and where codes prove anything', async () => {
    const people =
      '{ alice: { roles: [implementation-wrangler] }, grace: { roles: [governance-sentinel], mail: grace@example.org }, oscar: { roles: [service-owner, on-call] } }';
    const codesIn = async (profile: string) => {
      const { environments } = await configOf(aFile({ people, profile }));
      return environments.map(({ approval, emergency }) => [approval.codes, emergency?.approval.codes]);
    };
    assert.deepEqual(await codesIn('spec-0701'), [
      ['mailed', undefined],
      ['mailed', undefined],
      ['mailed', 'mailed'],
    ]);
    assert.deepEqual((await codesIn('demo')).flat(), Array.from({ length: 6 }));
    assert.equal((await configOf(aFile({ people }))).people['grace']?.mail, 'grace@example.org');
  });

  it('SPEC-0701 is the profile, and its change control decides who approves', async () => {
    const config = await configOf(aFile());
    assert.deepEqual(config.profile, { name: 'spec-0701', compressed: false });
    const early = {
      roles: ['implementation-wrangler'],
      requesterMayApprove: true,
      expiresAfter: hours(24),
      proof: 'code',
    };
    const production = {
      roles: ['governance-sentinel', 'service-owner'],
      requesterMayApprove: false,
      expiresAfter: hours(24),
      proof: 'code',
    };
    assert.deepEqual(config.environments, [
      { name: 'dev', tier: 'development', approval: early, variables: {}, onHold: 'stop' },
      { name: 'staging', tier: 'staging', approval: early, variables: {}, onHold: 'stop' },
      {
        name: 'production',
        tier: 'production',
        approval: production,
        variables: {},
        onHold: 'stop',
        aftercare: hours(24),
        readiness: {
          'quality-gates': {},
          'staging-verified': {},
          observability: { maxAge: hours(24) },
          runbooks: { maxAge: hours(30 * 24) },
          'restore-tested': { maxAge: hours(7 * 24) },
          'rollback-rehearsed': { maxAge: hours(365 * 24) },
          'on-call-notified': { maxAge: hours(24) },
          'change-log': {},
          'security-scan': { maxAge: hours(7 * 24) },
          'load-test': { maxAge: hours(90 * 24) },
        },
        emergency: {
          approval: { ...production, roles: ['governance-board', 'governance-board'] },
          window: minutes(5),
          escalateAfter: minutes(15),
          reviewWithin: hours(48),
        },
      },
    ]);
    assert.deepEqual(config.people['grace'], { name: 'grace', roles: ['governance-sentinel'] });
  });

  it('production is a canary of 5, 25 and 100 per cent; before it a release is one batch and nobody is watched', async () => {
    const before = { kind: 'rolling', batches: 1 };
    const canary = {
      kind: 'canary',
      shares: [5, 25, 100],
      window: specWindow(minutes(15)),
      afterwards: specWindow(hours(1)),
    };
    assert.deepEqual(await strategiesOf(aFile()), { dev: before, staging: before, production: canary });
  });

  for (const [written, profile, meant] of [
    ['{ inconclusive: roll-back }', 'spec-0701', undefined],
    ['{ inconclusive: extend }', 'spec-0701', { kind: 'extend' }],
    ['{ inconclusive: hold }', 'spec-0701', { kind: 'hold', patience: hours(1) }],
    ['{ inconclusive: hold }', 'demo', { kind: 'hold', patience: minutes(10) }],
    ['{ inconclusive: hold, hold-patience: 4h }', 'spec-0701', { kind: 'hold', patience: hours(4) }],
  ] as const)
    it(`a window that sees too little: ${written} under ${profile}`, async () => {
      const config = await configOf(aFile({ profile, service: `criteria: ${written}` }));
      const { strategy } = config.services['shop']!.stages['production']!;
      assert.deepEqual(strategy.kind === 'canary' && strategy.window.inconclusive, meant);
      assert.deepEqual(strategy.afterwards?.inconclusive, meant);
    });

  it('everything else has its default', async () => {
    const config = await configOf(aFile());
    const { stages, ...shop } = config.services['shop']!;
    assert.equal(basename(config.file), 'slipway.yml');
    assert.equal(config.directory, dirname(config.file));
    assert.deepEqual(shop, {
      name: 'shop',
      repository: join(dirname(config.directory), 'shop'),
      build: { gates: [], output: '.', timeout: minutes(10) },
      process: {
        run: 'node server.js',
        health: '/healthz',
        ready: '/healthz',
        startWithin: seconds(30),
        stopWithin: seconds(10),
      },
      smoke: [{ kind: 'http', name: 'alive', method: 'GET', path: '/healthz', headers: {}, status: 200 }],
      smokeWithin: minutes(5),
      rollbackPatience: minutes(5),
      whenBusy: 'queue',
    });
    assert.deepEqual(
      Object.values(stages).map(({ instances, port, variables }) => ({ instances, port, variables })),
      Array(3).fill({ instances: 1, port: 0, variables: {} }),
    );
  });

  it('the demo profile compresses time and says so', async () => {
    const config = await configOf(aFile({ profile: 'demo' }));
    assert.deepEqual(config.profile, { name: 'demo', compressed: true });
    const { stages, rollbackPatience } = config.services['shop']!;
    const window = { ...specWindow(seconds(4)), every: seconds(1), minSamples: 20 };
    assert.deepEqual(stages['production']!.strategy, {
      kind: 'canary',
      shares: [5, 25, 100],
      window,
      afterwards: window,
    });
    assert.equal(rollbackPatience, seconds(20));
    assert.equal(config.environments[2]!.approval.expiresAfter, minutes(10));
  });
});

describe('what is written is what is meant', () => {
  const strategies: readonly (readonly [sentence: string, service: string, environment: string, meant: unknown])[] = [
    [
      'rolling in production replaces one instance after another and watches for an hour',
      'strategy: { kind: rolling }\nenvironments: { production: { instances: 3 } }',
      'production',
      { kind: 'rolling', batches: 3, afterwards: specWindow(hours(1)) },
    ],
    [
      'blue-green in production is watched for an hour',
      'strategy: { kind: blue-green }',
      'production',
      { kind: 'blue-green', afterwards: specWindow(hours(1)) },
    ],
    [
      'an environment before production may have a strategy of its own, with any window',
      'environments: { staging: { strategy: { kind: canary, shares: [50%, 100], window: 20s, afterwards: 10s } } }',
      'staging',
      {
        kind: 'canary',
        shares: [50, 100],
        window: specWindow(seconds(20)),
        afterwards: { ...specWindow(seconds(10)), every: seconds(10) },
      },
    ],
    [
      'a rolling update before production is watched when that is written',
      'environments: { staging: { instances: 2, strategy: { kind: rolling, batches: 2, afterwards: 30s, every: 500ms } } }',
      'staging',
      { kind: 'rolling', batches: 2, afterwards: { ...specWindow(seconds(30)), every: 500 } },
    ],
    [
      "the service's strategy is not for environments before production",
      'strategy: { kind: blue-green }',
      'staging',
      { kind: 'rolling', batches: 1 },
    ],
  ];
  for (const [sentence, service, environment, meant] of strategies)
    it(sentence, async () => assert.deepEqual((await strategiesOf(aFile({ service })))[environment], meant));

  it('absolute bounds come on top of the comparison with the stable version', async () => {
    const criteria =
      'criteria: { error-rate: { within: 2.5%, mode: points, at-most: 0.01, alpha: 0.1% }, latency-p95: { at-most: 300ms } }';
    const { production } = await strategiesOf(aFile({ service: criteria }));
    assert.deepEqual(production?.afterwards?.criteria, [
      { kind: 'within-baseline', metric: 'error-rate', mode: 'points', within: 0.025, alpha: 0.001 },
      { kind: 'at-most', metric: 'error-rate', bound: 0.01 },
      { kind: 'at-most', metric: 'latency-p95', bound: 300 },
    ]);
  });

  const get = { kind: 'http', name: 'a', method: 'GET', path: '/x', headers: {}, status: 200 } as const;
  const checks: readonly (readonly [written: string, meant: SmokeCheck])[] = [
    ['{ name: a, get: /x, contains: apple }', { ...get, contains: 'apple' }],
    ['{ name: a, get: /x, headers: { Accept: text/plain } }', { ...get, headers: { accept: 'text/plain' } }],
    [
      '{ name: a, post: /x, body: { sku: apple }, status: 201 }',
      {
        ...get,
        method: 'POST',
        body: '{"sku":"apple"}',
        headers: { 'content-type': 'application/json' },
        status: 201,
      },
    ],
    ['{ name: a, put: /x, body: plain words }', { ...get, method: 'PUT', body: 'plain words' }],
    ['{ name: a, run: ./login.sh }', { kind: 'command', name: 'a', run: './login.sh' }],
  ];
  for (const [written, meant] of checks)
    it(`the smoke check ${written}`, async () => {
      const config = await configOf(aFile({ service: `smoke: [${written}]` }));
      assert.deepEqual(config.services['shop']!.smoke[0], meant);
    });

  const repositories: readonly (readonly [written: string, meant: (folder: string) => string])[] = [
    ['../shop', (folder) => join(dirname(folder), 'shop')],
    ['code/shop', (folder) => join(folder, 'code/shop')],
    ['/srv/shop', () => '/srv/shop'],
    ['https://git.example.org/shop.git', () => 'https://git.example.org/shop.git'],
    ['git@git.example.org:shop.git', () => 'git@git.example.org:shop.git'],
  ];
  for (const [written, meant] of repositories)
    it(`the repository ${written} is found from the folder of the file`, async () => {
      const config = await configOf(aFile().replace('repository: ../shop', `repository: ${written}`));
      assert.equal(config.services['shop']!.repository, meant(config.directory));
    });

  it('an approval may be stricter in production and of other people before it', async () => {
    const environments = `
  dev: { tier: development, approval: { roles: [service-owner], requester-may-approve: false, expires-after: 8h } }
  staging: { tier: staging }
  production: { tier: production, approval: { roles: [service-owner, governance-sentinel, implementation-wrangler] } }`;
    const people =
      '{ al: { roles: [implementation-wrangler] }, gr: { roles: [governance-sentinel] }, os: { roles: [service-owner] }, di: { roles: [on-call] } }';
    const config = await configOf(aFile({ environments, people }));
    assert.deepEqual(config.environments[0]!.approval, {
      roles: ['service-owner'],
      requesterMayApprove: false,
      expiresAfter: hours(8),
      proof: 'code',
    });
    assert.equal(config.environments[2]!.approval.roles.length, 3);
  });

  it('a database is known by references, its bounds filled in', async () => {
    const urls = 'dev: { env: DEV }, staging: { file: secrets/staging }, production: { file: /run/production }';
    const service = `database: { url: { ${urls} }, scratch: { production: { env: SCRATCH } }, lock-timeout: 2s }`;
    const config = await configOf(aFile({ service }));
    assert.deepEqual(config.services['shop']!.database, {
      migration: 'migration.yml',
      url: {
        dev: { kind: 'env', name: 'DEV' },
        staging: { kind: 'file', path: join(config.directory, 'secrets/staging'), written: 'secrets/staging' },
        production: { kind: 'file', path: '/run/production', written: '/run/production' },
      },
      scratch: { production: { kind: 'env', name: 'SCRATCH' } },
      dumpTimeout: minutes(30),
      statementTimeout: minutes(5),
      lockTimeout: seconds(2),
      keepBackups: hours(24 * 90),
    });
  });

  it('an alias stands for what its anchor names', async () => {
    const service = 'environments: { dev: { variables: &all { LOG: info } }, staging: { variables: *all } }';
    const config = await configOf(aFile({ service }));
    assert.deepEqual(config.services['shop']!.stages['staging']!.variables, { LOG: 'info' });
  });
});
