import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secretsOf } from '../../src/config/secrets.js';
import { hours } from '../../src/domain/duration.js';
import { aFile, configOf, problemsOf } from './support.js';

const and = (more: string): string =>
  `${aFile()}\nalerts: { webhook: { secrets: [{ env: ALERTS }, { file: ./secrets//old }] } }\n${more}`;

describe('secrets', () => {
  it('are found wherever something refers to one, each once with all that it is for', async () => {
    const database =
      'database: { url: { dev: { env: DB }, staging: { env: DB }, production: { env: PRODUCTION_DB } } }';
    const found = secretsOf(await configOf(aFile({ service: database })));
    assert.deepEqual(
      found.map(({ name, uses }) => [name, uses.map(({ reader }) => reader)]),
      [
        ['DB', ['environment/dev', 'environment/staging']],
        ['PRODUCTION_DB', ['environment/production']],
      ],
    );
  });

  it('have a plan by the name that they are referred to by, a file by its path however that is written', async () => {
    const config = await configOf(
      and(
        'secrets: { ALERTS: { rotate-every: 30d, owner: grace }, secrets/old: { rotate-every: 1d, owner: on-call } }',
      ),
    );
    assert.deepEqual(
      secretsOf(config).map(({ name, rotation }) => [name, rotation]),
      [
        ['ALERTS', { every: hours(30 * 24), owner: 'grace' }],
        ['secrets/old', { every: hours(24), owner: 'on-call' }],
      ],
    );
  });

  it('that open a Prometheus are read by the workers of its environment', async () => {
    const metrics = 'metrics: { prometheus: { url: https://prometheus.example, bearer: { env: PROMETHEUS } } }';
    assert.deepEqual(
      secretsOf(await configOf(`${aFile()}\n${metrics}`)).map(({ name, uses }) => [
        name,
        uses.map(({ reader }) => reader),
      ]),
      [['PROMETHEUS', ['environment/dev', 'environment/staging', 'environment/production']]],
    );
  });

  it('of Slipway itself are among them where they have a plan, as nobody refers to them', async () => {
    const config = await configOf(`${aFile()}\nsecrets: { SLIPWAY_SMTP_URL: { rotate-every: 90d, owner: grace } }`);
    assert.deepEqual(
      secretsOf(config).map(({ name, uses }) => [name, uses[0]?.reader]),
      [['SLIPWAY_SMTP_URL', 'house']],
    );
  });

  const refused: readonly (readonly [says: string, file: string, ...reads: string[]])[] = [
    [
      'one that nothing refers to',
      and('secrets: { ALERT: { rotate-every: 30d, owner: grace } }'),
      'slipway.yml:11:12 secrets.ALERT: met the secret ALERT, which nothing refers to; possible: ALERTS, secrets/old, SLIPWAY_WEBHOOK, SLIPWAY_SMTP_URL, SLIPWAY_CDEVENTS_WEBHOOK. Did you mean ALERTS?',
    ],
    [
      'a rotation that never comes or always',
      and('secrets: { ALERTS: { rotate-every: 0d, owner: grace } }'),
      'slipway.yml:11:36 secrets.ALERTS.rotate-every: met "0d"; wanted a number of days such as 90d, from 1d to 3650d',
    ],
    [
      'an owner whom nobody knows',
      and('secrets: { ALERTS: { rotate-every: 30d, owner: grce } }'),
      'slipway.yml:11:48 secrets.ALERTS.owner: met "grce"; possible: alice, grace, oscar, implementation-wrangler, governance-sentinel, service-owner, on-call. Did you mean grace?',
    ],
    [
      'a value',
      and('secrets: { ALERTS: { rotate-every: 30d, owner: grace, value: hunter2 } }'),
      'slipway.yml:11:55 secrets.ALERTS.value: met the unknown key "value"; possible: rotate-every, owner',
    ],
  ];
  for (const [says, file, ...reads] of refused)
    it(`refuse ${says}`, async () => assert.deepEqual(await problemsOf(file), reads));
});
