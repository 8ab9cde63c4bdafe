import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aFile, problemsOf } from './support.js';

const principals = (oscar: string): string =>
  `{ alice: { roles: [implementation-wrangler] }, grace: { roles: [governance-sentinel], principal: grace@example.org }, oscar: { roles: [service-owner, on-call], principal: ${oscar} } }`;

/** Each line is what a person reads; the service's own settings begin on line 9 of the file. */
interface Refusal {
  readonly says: string;
  readonly file: string;
  readonly reads: readonly string[];
}

const service = (says: string, written: string, ...reads: string[]): Refusal => ({
  says,
  file: aFile({ service: written }),
  reads,
});

const words: readonly Refusal[] = [
  {
    says: 'what is no mail address of one person',
    file: aFile({
      people: `{ alice: { roles: [a], mail: "alice@example.org, bob@example.org" }, bob: { mail: bob } }`,
    }),
    reads: [
      'slipway.yml:2:38 people.alice.mail: met "alice@example.org, bob@example.org"; wanted one mail address such as grace@example.org',
      'slipway.yml:2:91 people.bob.mail: met "bob"; wanted one mail address such as grace@example.org',
    ],
  },
  service(
    'a kind of strategy that does not exist',
    'strategy: { kind: canry }',
    'slipway.yml:9:23 services.shop.strategy.kind: met "canry"; possible: canary, blue-green, rolling. Did you mean canary?',
  ),
  service(
    'a key that does not exist',
    'strateg: { kind: canary }',
    'slipway.yml:9:5 services.shop.strateg: met the unknown key "strateg"; possible: repository, build, process, smoke, strategy, criteria, database, observability, environments, smoke-within, rollback-patience, way-back, when-busy. Did you mean strategy?',
  ),
  service(
    'an address of a database in the place of a reference to it',
    'database: { url: { dev: "postgresql://shop:hunter2@db/shop", staging: { env: A }, production: { env: B } } }',
    'slipway.yml:9:29 services.shop.database.url.dev: met "postgresql://…@db/shop"; wanted a reference, { env: SHOP_DATABASE_URL } or { file: /run/secrets/shop }, never the value (SPEC-0701 §Secrets Management)',
  ),
  service(
    'an address of a database in the place of a name',
    'database: { url: { dev: { env: "postgresql://shop:hunter2@db/shop" }, staging: { env: A }, production: { env: B } } }',
    'slipway.yml:9:36 services.shop.database.url.dev.env: met "postgresql://…@db/shop"; wanted the name of an environment variable, such as SHOP_DATABASE_URL',
  ),
  service(
    'a reference to two places at once',
    'database: { url: { dev: { env: A, file: a }, staging: { env: A }, production: { env: B } } }',
    'slipway.yml:9:29 services.shop.database.url.dev: met {"env":"A","file":"a"}; wanted a reference, { env: SHOP_DATABASE_URL } or { file: /run/secrets/shop }, never the value (SPEC-0701 §Secrets Management)',
  ),
  service(
    'an environment without its database, and a database without its environment',
    'database: { url: { dev: { env: A }, production: { env: B }, prod: { env: C } } }',
    'slipway.yml:9:17 services.shop.database.url: met none for staging; wanted one for each environment: dev, staging, production',
    'slipway.yml:9:65 services.shop.database.url.prod: met the unknown environment prod; possible: dev, staging, production',
  ),
  service(
    'a declaration outside the commit',
    'database: { migration: ../m.yml, url: { dev: { env: A }, staging: { env: A }, production: { env: B } } }',
    'slipway.yml:9:28 services.shop.database.migration: met "../m.yml"; wanted the path of a file of the commit, without .. and not absolute',
  ),
  service(
    'a duration without a unit',
    'build: { timeout: 15 }',
    'slipway.yml:9:23 services.shop.build.timeout: met 15; wanted a duration such as 500ms, 90s, 15m or 1h, more than 0 and at most 336h',
  ),
  service(
    'a percentage above 100',
    'criteria: { error-rate: { at-most: 120% } }',
    'slipway.yml:9:40 services.shop.criteria.error-rate.at-most: met "120%"; wanted a percentage such as 5% or a fraction such as 0.05, from 0 to 1',
  ),
  service(
    'shares that fall',
    'strategy: { kind: canary, shares: [25, 5, 100] }',
    'slipway.yml:9:44 services.shop.strategy.shares[1]: met 5; wanted more than the share before it, 25',
  ),
  service(
    'shares that do not reach everybody',
    'strategy: { kind: canary, shares: [5, 25] }',
    'slipway.yml:9:43 services.shop.strategy.shares[1]: met 25; wanted 100 as the last share',
  ),
  service(
    'a share beyond everybody, and none',
    'strategy: { kind: canary, shares: [0, 101] }',
    'slipway.yml:9:40 services.shop.strategy.shares[0]: met 0; wanted per cent of the traffic, more than 0 and at most 100',
    'slipway.yml:9:43 services.shop.strategy.shares[1]: met 101; wanted per cent of the traffic, more than 0 and at most 100',
  ),
  service(
    'a baseline that is not fresh, and one of a strategy that compares no lanes',
    'strategy: { kind: canary, baseline: stable }\nenvironments: { staging: { strategy: { kind: blue-green, baseline: fresh } } }',
    'slipway.yml:9:41 services.shop.strategy.baseline: met "stable"; possible: fresh',
    'slipway.yml:10:62 services.shop.environments.staging.strategy.baseline: met the unknown key "baseline"; possible: kind, afterwards, every',
  ),
  service(
    'an output outside the checkout',
    'build: { output: dist/../../secret }',
    'slipway.yml:9:22 services.shop.build.output: met "dist/../../secret"; wanted a folder inside the checkout, without .. and not absolute',
  ),
  service(
    'an absolute output',
    'build: { output: /etc }',
    'slipway.yml:9:22 services.shop.build.output: met "/etc"; wanted a folder inside the checkout, without .. and not absolute',
  ),
  service(
    'too many instances',
    'environments: { dev: { instances: 101 } }',
    'slipway.yml:9:39 services.shop.environments.dev.instances: met 101; wanted a whole number from 1 to 100',
  ),
  service(
    'backups that are kept for no day',
    'database: { url: { dev: { env: A }, staging: { env: B }, production: { env: C } }, keep-backups: 0d }',
    'slipway.yml:9:102 services.shop.database.keep-backups: met "0d"; wanted a number of days such as 90d, from 1d to 3650d',
  ),
  {
    says: 'a quality gate without a command, or that says of emergencies what is neither yes nor no',
    file: aFile({
      environments:
        '{ dev: { tier: development }, staging: { tier: staging }, production: { tier: production, gates: [{ name: e2e }, { name: e2e, run: ./e2e.sh, in-emergency: perhaps }] } }',
    }),
    reads: [
      'slipway.yml:3:113 environments.production.gates[0].run: met nothing; wanted text (numbers in quotes)',
      'slipway.yml:3:170 environments.production.gates[1].in-emergency: met "perhaps"; wanted true or false',
    ],
  },
  {
    says: 'a checklist that is loosened where the profile binds, and an item that is none',
    file: aFile({
      environments:
        '{ dev: { tier: development }, staging: { tier: staging }, production: { tier: production, readiness: { load-test: off, restore-tested: { max-age: 8d } } } }',
    }),
    reads: [
      'slipway.yml:3:129 environments.production.readiness.load-test: met "off"; wanted nothing left out of production (SPEC-0701 §Production Readiness)',
      'slipway.yml:3:150 environments.production.readiness.restore-tested: met {"max-age":"8d"}; wanted a max-age of at most 7d in production (SPEC-0701 §Production Readiness)',
    ],
  },
  {
    says: 'a checklist that nobody can fill',
    file: aFile({
      people:
        '{ alice: { roles: [implementation-wrangler] }, grace: { roles: [governance-sentinel] }, oscar: { roles: [service-owner] } }',
    }),
    reads: [
      'slipway.yml:2:1 people: met on-call held by nobody; wanted somebody with the role on-call: readiness for production asks for on-call-notified (SPEC-0701 §Production Readiness)',
    ],
  },
  {
    says: 'an emergency that the board is too small for',
    file: aFile({
      environments:
        '{ dev: { tier: development }, staging: { tier: staging }, production: { tier: production, emergency: { board: 3 } } }',
    }),
    reads: [
      'slipway.yml:3:105 environments.production.emergency: met governance-board held by nobody; wanted 3 people with the role governance-board',
    ],
  },
  {
    says: 'an emergency before production, and one that a single person decides',
    file: aFile({
      environments:
        '{ dev: { tier: development, emergency: { board: 1 } }, staging: { tier: staging }, production: { tier: production } }',
    }),
    reads: [
      'slipway.yml:3:43 environments.dev.emergency: met {"board":1}; wanted nothing: only production has an emergency path (SPEC-0701 §Change Control)',
      'slipway.yml:3:63 environments.dev.emergency.board: met 1; wanted a whole number from 2 to 8',
    ],
  },
  {
    says: 'a quorum that nobody can fill',
    file: aFile({
      environments:
        '{ dev: { tier: development, approval: { quorums: { reviewer: 2 } } }, staging: { tier: staging }, production: { tier: production } }',
    }),
    reads: [
      'slipway.yml:3:43 environments.dev.approval.roles: met implementation-wrangler held by alice; 2 of reviewer held by nobody; wanted each role held by another person among the people',
    ],
  },
  {
    says: 'no step at once',
    file: aFile({
      environments:
        '{ dev: { tier: development, at-once: 0 }, staging: { tier: staging }, production: { tier: production } }',
    }),
    reads: ['slipway.yml:3:52 environments.dev.at-once: met 0; wanted a whole number from 1 to 100'],
  },
  service(
    'a number where text is wanted',
    'environments: { dev: { variables: { LEVEL: 1.10 } } }',
    'slipway.yml:9:48 services.shop.environments.dev.variables.LEVEL: met 1.1; wanted text (numbers in quotes)',
  ),
  service(
    "a variable that is Slipway's own",
    'environments: { dev: { variables: { PORT: "1" } } }',
    'slipway.yml:9:41 services.shop.environments.dev.variables.PORT: met "PORT"; wanted a name such as LOG_LEVEL, other than PORT and SLIPWAY_…, which Slipway sets itself',
  ),
  service(
    'a smoke check of two kinds',
    'smoke: [{ name: a, get: /a, run: b }]',
    'slipway.yml:8:13 services.shop.smoke[0]: met {"name":"a","get":"/a","run":"b"}; wanted exactly one of get, post, put, patch, delete and run',
  ),
  service(
    'a GET with a body',
    'smoke: [{ name: a, get: /a, body: b }]',
    'slipway.yml:8:39 services.shop.smoke[0].body: met "b"; wanted no body: a GET has none',
  ),
  {
    says: 'a password in the URL of a repository, which is not repeated',
    file: aFile().replace('../shop', 'https://me:hunter2@example.org/shop'),
    reads: [
      'slipway.yml:6:17 services.shop.repository: met "https://…@example.org/shop"; wanted a folder or a URL without a password in it (SPEC-0701 §Secrets Management)',
    ],
  },
  {
    says: 'another version of the format',
    file: `version: 2\n${aFile()}`,
    reads: ['slipway.yml:1:10 version: met 2; possible: 1'],
  },
  {
    says: 'a setting with nothing in it',
    file: aFile({ people: '{ alice: }' }),
    reads: ['slipway.yml:2:11 people.alice: met nothing; wanted settings, as key: value'],
  },
  {
    says: 'names no object should have',
    file: aFile({ people: '{ __proto__: {}, constructor: {}, Bob: {} }' }),
    reads: [
      'slipway.yml:2:11 people.__proto__: met "__proto__"; wanted a key other than __proto__',
      'slipway.yml:2:26 people.constructor: met "constructor"; wanted a name that JavaScript does not give to every object',
      'slipway.yml:2:43 people.Bob: met "Bob"; wanted a name of lower-case letters, digits and -, beginning with a letter, at most 39 long',
    ],
  },
];

const sense: readonly Refusal[] = [
  {
    says: 'principals of an engine that nobody says to authenticate',
    file: aFile({ people: principals('oscar@example.org') }),
    reads: ['grace', 'oscar'].map(
      (person, i) =>
        `slipway.yml:2:${[106, 180][i]} people.${person}.principal: met "${person}@example.org"; wanted engine: { authenticates: jwt } beside the people: a server that authenticates nobody proves nothing`,
    ),
  },
  {
    says: 'a principal that two people share',
    file: `engine: { authenticates: jwt }\n${aFile({ people: principals('grace@example.org') })}`,
    reads: [
      'slipway.yml:3:180 people.oscar.principal: met "grace@example.org"; wanted what the Temporal server calls oscar alone, and grace has the same',
    ],
  },
  {
    says: 'an engine that authenticates nobody known',
    file: `engine: { authenticates: jwt }\n${aFile()}`,
    reads: [
      'slipway.yml:1:26 engine.authenticates: met "jwt"; wanted a principal of at least one of the people, as in people: { grace: { principal: grace@example.org } }',
    ],
  },
  {
    says: 'an address that two people share',
    file: aFile({
      people:
        '{ alice: { roles: [implementation-wrangler] }, grace: { roles: [governance-sentinel], mail: Team@example.org }, oscar: { roles: [service-owner, on-call], mail: team@example.org } }',
    }),
    reads: [
      'slipway.yml:2:169 people.oscar.mail: met "team@example.org"; wanted an address that oscar alone reads: approval codes are sent there, and grace has the same',
    ],
  },
  {
    says: 'no environment, no service',
    file: 'people: { alice: {} }',
    reads: [
      'slipway.yml:1:1 environments: met nothing; wanted at least one environment',
      'slipway.yml:1:1 services: met nothing; wanted at least one service',
    ],
  },
  {
    says: 'shares that leave no room for a fresh baseline',
    file: aFile({ service: 'strategy: { kind: canary, shares: [60, 100], baseline: fresh }' }),
    reads: [
      'slipway.yml:9:60 services.shop.strategy.baseline: met "fresh"; wanted a share of at most 50 among shares: the baseline gets as much as the candidate, and 2 × 60 % are more than 100 %',
    ],
  },
  {
    says: 'a fresh baseline that a Prometheus and a metric would take for the stable lane',
    file: `${aFile({
      service: `strategy: { kind: canary, baseline: fresh }\ncriteria: { metrics: { orders: { query: 'sum(rate(orders_total{version="{{version}}"}[1m]))' } } }`,
    })}\nmetrics: { prometheus: { url: "http://127.0.0.1:9090", queries: { requests: 'r{version="{{version}}"}', errors: 'e{lane="{{lane}}"}' } } }`,
    reads: [
      'slipway.yml:9:41 services.shop.strategy.baseline: met no {{lane}} in queries: requests of the Prometheus of production; wanted {{lane}} in each, which is "baseline" for it: by its version it is the stable lane',
      'slipway.yml:10:45 services.shop.criteria.metrics.orders.query: met "sum(rate(orders_total{version=\\"{{version}}\\"}[1m]))"; wanted {{lane}} in it, as it is compared with a fresh baseline, which only its lane tells from the stable one',
    ],
  },
  {
    says: 'a service without smoke checks',
    file: aFile().replace('[{ name: alive, get: /healthz }]', '[]'),
    reads: [
      'slipway.yml:8:12 services.shop.smoke: met []; wanted at least one smoke check (SPEC-0701 §Promotion Gates)',
    ],
  },
  {
    says: 'environments out of order',
    file: aFile({
      environments: '{ dev: { tier: staging }, staging: { tier: development }, production: { tier: production } }',
    }),
    reads: [
      'slipway.yml:3:58 environments.staging.tier: met "development"; wanted no earlier tier after dev (staging): environments stand in order of promotion',
    ],
  },
  {
    says: 'production that nothing rehearses',
    file: aFile({ environments: '{ production: { tier: production } }' }),
    reads: [
      'slipway.yml:3:37 environments.production.tier: met "production"; wanted an environment of tier staging before it (SPEC-0701 §Implementation Guidance)',
    ],
  },
  {
    says: 'a role that nobody holds',
    file: aFile({
      people:
        '{ alice: { roles: [implementation-wrangler, on-call] }, grace: { roles: [governance-sentinel] }, oscar: {} }',
    }),
    reads: [
      'slipway.yml:3:73 environments.production.approval.roles: met governance-sentinel held by grace; service-owner held by nobody; wanted each role held by another person among the people',
    ],
  },
  {
    says: 'two roles that only one person holds',
    file: aFile({
      people:
        '{ alice: { roles: [implementation-wrangler, on-call] }, grace: { roles: [governance-sentinel, service-owner] } }',
    }),
    reads: [
      'slipway.yml:3:73 environments.production.approval.roles: met governance-sentinel held by grace; service-owner held by grace; wanted each role held by another person among the people',
    ],
  },
  {
    says: 'nobody left to ask',
    file: aFile({
      people:
        '{ grace: { roles: [governance-sentinel, implementation-wrangler] }, oscar: { roles: [service-owner, on-call] } }',
    }),
    reads: [
      'slipway.yml:3:73 environments.production.approval.roles: met governance-sentinel held by grace; service-owner held by oscar; wanted one person more among the people: who asks does not approve',
    ],
  },
  service(
    'an environment that does not exist',
    'environments: { prodution: {} }',
    'slipway.yml:9:21 services.shop.environments.prodution: met the unknown environment prodution; possible: dev, staging, production. Did you mean production?',
  ),
  service(
    'more batches than instances',
    'environments: { staging: { instances: 2, strategy: { kind: rolling, batches: 3 } } }',
    'slipway.yml:9:82 services.shop.environments.staging.strategy.batches: met 3; wanted at most 2, the instances in staging',
  ),
  service(
    'a port twice',
    'environments: { dev: { port: 8100 }, staging: { port: 8100 } }',
    'slipway.yml:9:59 services.shop.environments.staging.port: met 8100; wanted a port other than that of shop in dev',
  ),
  service(
    'a window that is never looked at',
    'environments: { staging: { strategy: { kind: rolling, afterwards: 5s, every: 6s } } }',
    'slipway.yml:9:82 services.shop.environments.staging.strategy.every: met "6s"; wanted at most 5s, the shortest window here: a window is looked at at least once',
  ),
  service(
    'a smoke path that leads to another host (fault 44)',
    'smoke: [{ name: a, get: "/\\\\169.254.169.254/latest" }]',
    'slipway.yml:8:29 services.shop.smoke[0].get: met "/\\\\169.254.169.254/latest"; wanted a path that begins with /',
  ),
  service(
    'a patience with nothing that waits',
    'criteria: { inconclusive: extend, hold-patience: 1h }',
    'slipway.yml:9:54 services.shop.criteria.hold-patience: met "1h"; wanted none, or inconclusive: hold beside it: nothing else waits for people',
  ),
  service(
    'another word for what is inconclusive',
    'criteria: { inconclusive: pass }',
    'slipway.yml:9:31 services.shop.criteria.inconclusive: met "pass"; possible: roll-back, hold, extend',
  ),
  service(
    'a rate of false alarms that lets chance decide',
    'criteria: { error-rate: { alpha: 50% } }',
    'slipway.yml:9:38 services.shop.criteria.error-rate.alpha: met "50%"; wanted a rate of false alarms such as 1% or 0.01, more than 0 and less than 50%',
  ),
  service(
    'a canary step that cannot reach its samples at the traffic that is expected',
    'environments: { production: { expected-requests-per-minute: 40 } }',
    'slipway.yml:9:65 services.shop.environments.production.expected-requests-per-minute: met 40 requests a minute, 5 % of them on the candidate for 15 min, are 30 requests, and 50 are needed: a window of 25 min, a share of 9 %, or 67 requests a minute would bring them; wanted windows that can reach their min-samples',
  ),
  service(
    'an emergency that could not reach them, being shorter',
    'environments: { production: { expected-requests-per-minute: 70 } }',
    'slipway.yml:9:65 services.shop.environments.production.expected-requests-per-minute: met 70 requests a minute, 5 % of them on the candidate for 5 min, are 17 requests, and 50 are needed: a window of 15 min, a share of 15 %, or 200 requests a minute would bring them (emergency: window); wanted windows that can reach their min-samples',
  ),
];

const spec: readonly Refusal[] = [
  service(
    'windows shorter than 15 minutes and 1 hour in production',
    'strategy: { kind: canary, window: 14m, afterwards: 59m }',
    'slipway.yml:9:39 services.shop.strategy.window: met "14m"; wanted at least 15m in production (SPEC-0701 §Monitoring Windows)',
    'slipway.yml:9:56 services.shop.strategy.afterwards: met "59m"; wanted at least 1h in production (SPEC-0701 §Monitoring Windows)',
  ),
  service(
    'the same, where an environment says it',
    'environments: { production: { strategy: { kind: blue-green, afterwards: 1m } } }',
    'slipway.yml:9:77 services.shop.environments.production.strategy.afterwards: met "1m"; wanted at least 1h in production (SPEC-0701 §Monitoring Windows)',
  ),
  service(
    'a tolerance wider than 5 per cent',
    'criteria: { error-rate: { within: 6% } }',
    'slipway.yml:9:39 services.shop.criteria.error-rate.within: met "6%"; wanted at most 5% (SPEC-0701 §Success Criteria)',
  ),
  service(
    'smoke tests later than five minutes',
    'smoke-within: 6m',
    'slipway.yml:9:19 services.shop.smoke-within: met "6m"; wanted at most 5m (SPEC-0701 §Smoke Tests)',
  ),
];

const production = (approval: string) =>
  `{ dev: { tier: development }, staging: { tier: staging }, production: { tier: production, approval: ${approval} } }`;

const changeControl = (profile: string): readonly Refusal[] => [
  {
    says: 'an approval without the governance sentinel',
    file: aFile({ profile, environments: production('{ roles: [service-owner] }') }),
    reads: [
      'slipway.yml:3:124 environments.production.approval.roles: met ["service-owner"]; wanted governance-sentinel and service-owner among the roles (SPEC-0701 §Change Control)',
    ],
  },
  {
    says: 'the requester as an approver',
    file: aFile({ profile, environments: production('{ requester-may-approve: true }') }),
    reads: [
      'slipway.yml:3:140 environments.production.approval.requester-may-approve: met true; wanted false: who asks for a change of production does not approve it (SPEC-0701 §Change Control)',
    ],
  },
];

const tables: Readonly<Record<string, readonly Refusal[]>> = {
  'a word is refused with what was met and what was wanted': words,
  'settings that make no sense together are refused': sense,
  'the profile spec-0701 refuses': spec,
  'production under spec-0701 refuses': changeControl('spec-0701'),
  'production under demo refuses as well': changeControl('demo'),
};

for (const [title, refusals] of Object.entries(tables))
  describe(title, () => {
    for (const { says, file, reads } of refusals) it(says, async () => assert.deepEqual(await problemsOf(file), reads));
  });

describe('what is allowed', () => {
  const allowed: Readonly<Record<string, string>> = {
    'short windows under demo': aFile({
      profile: 'demo',
      service: 'strategy: { kind: canary, window: 1s, afterwards: 2s }',
    }),
    'short windows before production': aFile({
      service: 'environments: { staging: { strategy: { kind: canary, window: 1s, afterwards: 2s } } }',
    }),
    'wide tolerances under demo': aFile({ profile: 'demo', service: 'criteria: { error-rate: { within: 50% } }' }),
    'port 0 as often as one likes': aFile({ service: 'environments: { dev: { port: 0 }, staging: { port: 0 } }' }),
  };
  for (const [says, file] of Object.entries(allowed))
    it(says, async () => assert.deepEqual(await problemsOf(file), []));
});

describe('a file with several mistakes', () => {
  it('has all of them told at once, in the order of the file, and none that only follows from another', async () => {
    const file = `version: 1
profle: demo
people:
  alice: { roles: [implementation-wrangler], nmae: Alice }
environments:
  dev: { tier: devel }
  staging: { tier: staging }
  production: { tier: production, approval: { requester-may-approve: yes } }
services:
  shop:
    repository: 7
    process: { run: node server.js, start-within: soon }
    smoke:
      - { name: a, get: x }
      - { get: /y, wait: 3s }
    strategy: { kind: canary, window: 1m, shares: [50, 20] }
    environments:
      staging: { port: 80, instances: 0 }
      production: { port: 80, strategy: { kind: rolling, batches: 4 } }
`;
    const seen = (await problemsOf(file)).map((line) => line.split(';')[0]);
    assert.deepEqual(seen, [
      'slipway.yml:2:1 profle: met the unknown key "profle"',
      'slipway.yml:4:46 people.alice.nmae: met the unknown key "nmae"',
      'slipway.yml:6:16 environments.dev.tier: met "devel"',
      'slipway.yml:8:70 environments.production.approval.requester-may-approve: met "yes"',
      'slipway.yml:11:17 services.shop.repository: met 7',
      'slipway.yml:12:51 services.shop.process.start-within: met "soon"',
      'slipway.yml:14:25 services.shop.smoke[0].get: met "x"',
      'slipway.yml:15:9 services.shop.smoke[1].name: met nothing',
      'slipway.yml:15:20 services.shop.smoke[1].wait: met the unknown key "wait"',
      'slipway.yml:16:56 services.shop.strategy.shares[1]: met 20',
      'slipway.yml:18:39 services.shop.environments.staging.instances: met 0',
      'slipway.yml:19:27 services.shop.environments.production.port: met 80',
      'slipway.yml:19:67 services.shop.environments.production.strategy.batches: met 4',
    ]);
  });
});
