import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentFacts } from '../../../src/config/document-facts.js';
import { documentsOf } from '../../../src/domain/decisions/documents/documents.js';
import type { DocumentFacts } from '../../../src/domain/decisions/documents/facts.js';
import { slipway } from '../../support/slipway-cli.js';
import { aFile, configOf } from '../../config/support.js';

const people =
  '{ alice: { name: Alice Adams, roles: [implementation-wrangler, governance-board] }, grace: { roles: [governance-sentinel, governance-board] }, oscar: { roles: [service-owner, on-call] } }';
const environments = `{ dev: { tier: development }, staging: { tier: staging, variables: { TOKEN: s3cret-in-a-variable } }, production: { tier: production, windows: [{ days: [tue], from: "09:00", to: "15:00", zone: Europe/Berlin }], customers: { notice: 24h, webhook: { file: secrets/customers } } } }`;
const service = `smoke: [{ name: order, post: /orders, body: { sku: apple }, status: 201 }, { name: login, run: ./login.sh | tee log }]
build: { gates: [{ name: unit, run: npm test }] }
way-back: { shares: [50], every: 30s }
criteria: { error-rate: { within: 5%, mode: points, at-most: 1% }, latency-p95: { at-most: 300ms } }
database: { url: { dev: { env: DEV_DB }, staging: { env: STAGING_DB }, production: { env: PRODUCTION_DB } } }
environments: { production: { instances: 3, port: 8443, strategy: { kind: canary, shares: [10, 100], window: 20m } } }`;
const more = `
freezes: { year-end: { times: { from: 2026-12-18T00:00, to: 2027-01-04T08:00, zone: Europe/Berlin }, reason: sales } }
alerts: { severities: { critical: now, warning: 5m }, webhook: { secrets: [{ env: ALERTS }] } }
secrets: { PRODUCTION_DB: { rotate-every: 90d, owner: service-owner }, ALERTS: { rotate-every: 30d, owner: grace } }`;

const rotation = { secret: 'ALERTS', by: 'grace', reason: 'it was due', at: '2026-11-02T08:00:00.000Z' };
const flag = {
  ...{ name: 'express', description: 'ships today', owner: 'oscar', service: 'shop' },
  ...{ variants: ['on', 'off'], expires: '2027-03-31', environments: ['dev', 'staging', 'production'] },
};

const theFacts = async (written = service): Promise<DocumentFacts> =>
  documentFacts(await configOf(`${aFile({ people, environments, service: written })}${more}`), {
    flags: [flag],
    rotations: [rotation],
  });

async function text(name: string, written = service): Promise<string> {
  const document = documentsOf(await theFacts(written)).find((one) => one.name === name);
  const made = document?.renew(undefined);
  assert.ok(made?.kind === 'text');
  return made.text;
}

const has = async (name: string, ...lines: readonly string[]): Promise<void> => {
  const made = await text(name);
  for (const line of lines) assert.ok(made.includes(line), `${line}\nis not in\n${made}`);
};

describe('The runbook', () => {
  it('says what to type by night, and whom to call', () =>
    has(
      'runbook',
      '| shop back to what ran before, now | `slipway rollback shop --reason "customers cannot pay" --watch` |',
      '`slipway rollback shop --environment dev --reason "…"`',
      '| you know what was told of shop | `slipway acknowledge CHANGE --comment "…"` |',
      '| `slipway follow-up list --service shop --open` | `slipway follow-up close FU-… --comment "…"` for each',
      '- on-call: oscar',
      '- implementation-wrangler: Alice Adams (alice)',
    ));

  it('says for each environment who approves, when it may begin, what is watched and what must be shown', () =>
    has(
      'runbook',
      '### shop in production',
      '- **Approved** by governance-sentinel (grace) and service-owner (oscar); never who asked for it.',
      '- **Approved** by implementation-wrangler (alice); asking for it is approving it',
      '- **May begin** in the windows tue 09:00–15:00 Europe/Berlin; frozen by year-end 2026-12-18T00:00–2027-01-04T08:00 Europe/Berlin: sales.',
      '- **Customers** are told 24 h before',
      "- **Window** at 10 % of the traffic: for 20 min, looked at every 15 s, judged from 50 requests on: error-rate at most 5 points above the stable lane's; error-rate at most 1 %; latency-p95 at most 300 ms.",
      '| restore-tested | backup and restore were tested | 7 days | `slipway restore-test shop` |',
      '--emergency "nobody can pay" --watch`, at any hour. Approved by 2 of governance-board (alice, grace)',
    ));

  it('says where a canary is compared with a fresh baseline, and until when', async () => {
    const made = await text('runbook', service.replace('kind: canary', 'kind: canary, baseline: fresh'));
    for (const line of [
      '- **Compared** with a fresh baseline, wherever the stable lane is named above: 3 of the stable version, started with the candidate, with as much traffic, while that is 50 % at most.',
      '| `02-start-baseline` | start 3 of FORMER afresh as the baseline | stop the baseline FORMER |',
      '%, beside a fresh baseline, 3 instances)',
    ])
      assert.ok(made.includes(line), `${line}\nis not in\n${made}`);
    assert.doesNotMatch(await text('runbook'), /baseline/);
  });

  it('says each step with its way back, as the planner plans it', () =>
    has(
      'runbook',
      '| `01-start` | start 3 of NEW beside what is running | stop the candidate NEW |',
      '| `03-shift` | give NEW 10 % of the traffic | move all traffic back to the stable lane by 50 %, 30 s at each |',
      '| `07-adopt` | adopt NEW as stable, FORMER kept warm |',
    ));

  it('says what mends what may go wrong with what is configured, and nothing of what is not', async () => {
    await has('runbook', '| going back is refused: the migration is irreversible', '| a feature flag does harm |');
    const plain = documentFacts(await configOf(aFile()), { flags: [], rotations: [] });
    const made = documentsOf(plain)[0]?.renew(undefined);
    assert.ok(made?.kind === 'text');
    assert.doesNotMatch(
      made.text,
      /irreversible|feature flag does harm|a secret has leaked|waits for a window|--emergency/,
    );
  });

  it('knows no command that slipway does not know', async () => {
    const typed = [...(await text('runbook')).matchAll(/`slipway ([a-z][a-z-]*)/g)];
    const verbs = new Set(typed.map(([, verb]) => verb ?? ''));
    const { out } = await slipway(['--help']);
    const known = new Set([...out.matchAll(/^ {2}([a-z-]+)/gm)].map(([, verb]) => verb));
    assert.ok(verbs.size > 20, [...verbs].join(' '));
    assert.deepEqual(
      [...verbs].filter((verb) => !known.has(verb)),
      [],
    );
  });
});

describe('The document of the deployment configuration', () => {
  it('lists services, environments, strategies, criteria, ports, data, flags, calendars and channels', () =>
    has(
      'deployment-config',
      '| `production` | canary, 10 → 100 % | 3 | 8443 | none | governance-sentinel (grace) and service-owner (oscar) |',
      '| `dev` | all instances at once | 1 | chosen once and kept |',
      '- production: PostgreSQL by the secret `PRODUCTION_DB`, copies restored beside it',
      '| `express` | ships today | oscar | shop | on, off | dev, staging, production | 2027-03-31 |',
      '- freeze year-end: 2026-12-18T00:00–2027-01-04T08:00 Europe/Berlin, sales',
      '- customers of production, by the address in `secrets/customers`',
      '| warning | goes back after 5 min | goes back after 5 min |',
      'where `SLIPWAY_SMTP_URL` is set',
    ));

  it('names variables without what they hold', async () => {
    await has('deployment-config', '| `staging` | staging | `TOKEN` |');
    for (const name of ['runbook', 'deployment-config', 'secrets-rotation'])
      assert.doesNotMatch(await text(name), /s3cret/);
  });
});

describe('The document of secrets rotation', () => {
  it('says of each what for, where it is read, who replaces it how often, and when it is due', () =>
    has(
      'secrets-rotation',
      '| `ALERTS` (variable) | what alerts are signed with | the front door | every 30 days | grace | 2026-11-02 08:00:00 | 2026-12-02 08:00:00 |',
      '| `PRODUCTION_DB` (variable) | database of shop in production | the workers of production | every 90 days | service-owner (oscar) | not recorded | **now: none is recorded** |',
      '| `secrets/customers` (file) | where customers of production are told | the workers of the house | **not planned** | nobody | not recorded | – |',
    ));

  it('says whose rotation nobody has planned, and how that is done', () =>
    has(
      'secrets-rotation',
      'Nobody has planned when `DEV_DB`, `STAGING_DB`, `secrets/customers` is replaced: `secrets: { DEV_DB:',
    ));
});

describe('All documents', () => {
  it('stand where SPEC-0701 names them, begin with a frame for people, and say nothing of the machine', async () => {
    const made = documentsOf(await theFacts());
    assert.deepEqual(
      made.map(({ path }) => path),
      [
        'docs/runbooks/deployment-runbook.md',
        'docs/implementation/deployment-config.md',
        'docs/runbooks/DOC-0019-secrets-rotation.md',
      ],
    );
    for (const { name } of made) {
      assert.match(await text(name), new RegExp(`^# .+\\n\\n[^]+<!-- slipway:begin ${name} -->`));
      assert.doesNotMatch(await text(name), /\/tmp\//);
    }
  });
});
