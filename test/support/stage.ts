import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';
import { createTokens } from '../../src/adapters/identity/tokens.js';
import { hostStatus, stopHost } from '../../src/adapters/local/ensure-host.js';
import { readRunFile } from '../../src/start/run-file.js';
import type { ApprovalDecision } from '../../src/domain/approval.js';
import type { ReleaseOutcome } from '../../src/domain/release.js';
import type { Refusal } from '../../src/domain/rollout.js';
import type { Audit } from '../../src/ports/records.js';
import { eventually } from './eventually.js';
import { makeTinyService } from './tiny-service.js';

/** A whole Slipway with a tiny service, as its users have it: `slipway start` in a process of its own, spoken to over HTTP. */
export interface Stage {
  readonly directory: string;
  readonly dataDir: string;
  readonly url: () => string;
  readonly uiUrl: () => string;
  readonly client: () => Promise<Client>;
  /** The token of a person, as a monitor would have it. */
  token(person: string): string;
  ask(person: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Asks for a release as alice; its change id. */
  release(service: string, version: string): Promise<string>;
  /** Waits until the release is as asked; its view. */
  until(changeId: string, what: string, is: (view: View) => boolean | Promise<boolean>): Promise<View>;
  /** Grace and oscar approve production over HTTP. */
  approve(changeId: string): Promise<void>;
  /** To its end, approvals included. */
  carry(service: string, version: string): Promise<View>;
  /** Where users reach the service in production. */
  production(service: string): Promise<string>;
  audit(): Promise<Audit>;
  /** The lines of the production host's ledger. */
  ledger(service: string): Promise<readonly LedgerLine[]>;
  pids(): Promise<{ readonly start: number; readonly engine: number; readonly workers: readonly number[] }>;
  /** What `slipway start` and its workers have logged, line by line. */
  log(): readonly string[];
  /** Starts `slipway start` again, after it was killed. */
  startAgain(): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: View;
}

/** What the front door says of a release, as far as tests look; of other things, whatever it is. */
export interface View {
  readonly changeId: string;
  readonly state: string;
  readonly closedAt?: string;
  readonly outcome?: ReleaseOutcome;
  readonly refused: readonly Refusal[];
  readonly decisions: readonly ApprovalDecision[];
  readonly rollouts: readonly {
    readonly environment: string;
    readonly state: string;
    readonly share: number;
    readonly steps: readonly { readonly id: string }[];
  }[];
  readonly [more: string]: unknown;
}

export interface LedgerLine {
  readonly key: string;
  readonly generation: number;
  readonly [more: string]: unknown;
}

const tiers = { dev: 'development', staging: 'staging', production: 'production' } as const;

/** Where a stage differs from the usual one. */
export interface StageOptions {
  /** Which environments there are; all three unless said. */
  readonly environments?: readonly (keyof typeof tiers)[];
  /** How long an instance may take to be ready: `30s` unless said. */
  readonly startWithin?: string;
  /** The slowest that 95 of 100 answers may be: `500ms` unless said; more where a busy machine is not to be judged. */
  readonly latency?: string;
  /** What `method/config/features.yml` says; the services then ask the front door for their flags. */
  readonly flags?: string;
  /** How much more may fail than before: 5 points unless said; more where it is not the window that decides. */
  readonly tolerance?: string;
  /** More that windows are judged by: `metrics: { … }`. */
  readonly criteria?: string;
  /** More words of the production environment: `aftercare: 20s`. */
  readonly production?: string;
  /** More lines at the top of `slipway.yml`. */
  readonly top?: string;
  /** Environment variables of `slipway start`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** More lines of a service, by its name. */
  readonly more?: Readonly<Record<string, string>>;
  /** A quality gate of every service; it is there, unless said. */
  readonly gate?: string;
  /** Makes the repository of the services; that of the tiny service unless said. */
  readonly makeRepository?: (directory: string) => Promise<void>;
}

const cli = new URL('../../src/cli/main.js', import.meta.url).pathname;

/** Opens a stage with these services, by strategy. Whatever happens, `close` leaves no process behind. */
export async function openStage(
  services: Readonly<Record<string, string>>,
  options: StageOptions = {},
): Promise<Stage> {
  const {
    environments = ['dev', 'staging', 'production'],
    startWithin = '30s',
    latency = '500ms',
    tolerance = '5%',
    production = '',
    criteria = '',
    more = {},
    variables: env = {},
    makeRepository = makeTinyService,
    gate = 'test -s server.mjs',
    flags,
    top = '',
  } = options;
  const directory = await mkdtemp(join(tmpdir(), 'slipway-stage-'));
  const governance = join(directory, 'governance');
  const dataDir = join(governance, '.slipway');
  await makeRepository(join(directory, 'tiny'));
  await initGovernanceRepository(governance);
  const tokens = createTokens({ dataDir });
  const tokenOf = new Map<string, string>();
  for (const person of ['alice', 'grace', 'oscar', 'dave']) tokenOf.set(person, await tokens.issue(person));
  const asking = { FLAGS_FROM: join(dataDir, 'run.json'), FLAGS_TOKEN: tokenOf.get('dave') ?? '' };
  const variables = flags === undefined ? '' : `variables: ${JSON.stringify(asking)}`;
  const words = [production, variables].filter(Boolean).join(', ');
  await writeFile(
    join(governance, 'slipway.yml'),
    `${top}${configuration({ services, environments, startWithin, latency, tolerance, production: words, criteria, more, gate })}`,
  );
  if (flags !== undefined) {
    await mkdir(join(governance, 'method/config'), { recursive: true });
    await writeFile(join(governance, 'method/config/features.yml'), flags);
  }

  const said: string[] = [];
  let start = await launch(governance, env, said);
  let connection: Connection | undefined;
  const run = async () => await eventually('run.json', () => readRunFile(dataDir));
  let about = await run();

  const stage: Stage = {
    directory: governance,
    dataDir,
    url: () => about.url,
    uiUrl: () => about.uiUrl ?? '',
    async client() {
      connection ??= await Connection.connect({ address: about.address });
      return new Client({ connection, namespace: about.namespace });
    },
    token: (person) => tokenOf.get(person) ?? '',
    async ask(person, method, path, body, headers = {}) {
      const response = await fetch(`${about.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${tokenOf.get(person) ?? person}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: (text === '' ? {} : JSON.parse(text)) as View,
      };
    },
    async release(service, version) {
      const key = `${service}-${version}-${Math.random()}`;
      const { status, body } = await stage.ask(
        'alice',
        'POST',
        '/v1/releases',
        { service, version },
        { 'idempotency-key': key },
      );
      if (status !== 202) throw new Error(`POST /v1/releases answered ${status}: ${JSON.stringify(body)}`);
      return body.changeId;
    },
    async until(changeId, what, is) {
      let last: unknown;
      const look = async (): Promise<View | undefined> => {
        const { status, body } = await stage.ask('alice', 'GET', `/v1/releases/${changeId}`);
        last = { status, ...body, order: undefined };
        return status === 200 && (await is(body)) ? body : undefined;
      };
      return await eventually(`${changeId}: ${what}`, look, { every: 60, atMostEvery: 900 }).catch((fault: unknown) => {
        throw new Error(`last seen: ${JSON.stringify(last).slice(0, 6_000)}`, { cause: fault });
      });
    },
    async approve(changeId) {
      await stage.until(changeId, 'awaiting approval', ({ state }) => state === 'awaiting-approval');
      for (const person of ['grace', 'oscar']) {
        const approval = { decision: 'approve', comment: 'read the plan' };
        const { status, body } = await stage.ask(person, 'POST', `/v1/releases/${changeId}/approvals`, approval);
        if (status === 200) continue;
        const { body: view } = await stage.ask('alice', 'GET', `/v1/releases/${changeId}`);
        const said = [body, view].map((one) => JSON.stringify(one).slice(0, 3_000));
        throw new Error(`approval by ${person} answered ${status}: ${said.join('\n')}`);
      }
    },
    async carry(service, version) {
      const changeId = await stage.release(service, version);
      await stage.approve(changeId);
      return await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    },
    production: (service) =>
      eventually(`${service} is routed in production`, async () => {
        const report = await hostStatus({ dataDir, environment: 'production' });
        return report?.places.find((place) => place.service === service)?.traffic.url;
      }),
    audit: () => createGovernanceRecords({ directory: governance }).audit(),
    async ledger(service) {
      const text = await readFile(join(dataDir, 'hosts/production/ledger.jsonl'), 'utf8');
      const lines = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LedgerLine);
      return lines.filter((line) => line['service'] === service);
    },
    async pids() {
      const record = JSON.parse(await readFile(join(dataDir, 'engine/engine.json'), 'utf8')) as {
        server: { pid: number };
      };
      return {
        start: start.pid ?? 0,
        engine: record.server.pid,
        workers: await childrenOf(start.pid ?? 0, 'workers/main.js'),
      };
    },
    log: () => said,
    async startAgain() {
      await connection?.close();
      connection = undefined;
      start = await launch(governance, env, said);
      about = await run();
    },
    async close() {
      await connection?.close();
      await end(start);
      for (const environment of environments) await stopHost({ dataDir, environment });
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return stage;
}

/** `slipway start` on free ports; returns when everything answers. */
async function launch(
  governance: string,
  env: Readonly<Record<string, string>>,
  said: string[],
): Promise<ChildProcess> {
  const ports = ['--port', '0', '--temporal-port', '0', '--ui-port', '0'];
  const child = spawn(process.execPath, [cli, 'start', '--json', ...ports], {
    cwd: governance,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ready = once(createInterface({ input: child.stdout }), 'line');
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`slipway start ended with ${String(code)}:\n${said.join('\n')}`);
  });
  ended.catch(() => undefined);
  await Promise.race([ready, ended]);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** Processes whose parent is `pid` and whose command line holds `word`. */
async function childrenOf(pid: number, word: string): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  const lines = await Promise.all(
    pids.map(async (child) => [child, await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')] as const),
  );
  return lines.flatMap(([child, line]) => (line.includes(word) ? [child] : []));
}

const configuration = ({
  services,
  environments,
  startWithin,
  latency,
  tolerance,
  production,
  criteria,
  more,
  gate,
}: Required<Omit<StageOptions, 'flags' | 'top' | 'variables' | 'makeRepository'>> & {
  readonly services: Readonly<Record<string, string>>;
}): string => `\
version: 1
profile: demo
people:
  alice: { roles: [implementation-wrangler] }
  grace: { roles: [governance-sentinel] }
  oscar: { roles: [service-owner] }
  dave: { roles: [on-call] }
environments:
${environments.map((name) => `  ${name}: { tier: ${tiers[name]}${name === 'production' && production !== '' ? `, ${production}` : ''} }\n`).join('')}services:
${Object.entries(services)
  .map(
    ([name, strategy]) => `  ${name}:
    repository: ../tiny
    build: { output: ., gates: [{ name: it is there, run: ${JSON.stringify(gate)} }] }
    process: { run: exec node server.mjs, health: /healthz, ready: /readyz, start-within: ${startWithin}, stop-within: 5s }
    smoke: [{ name: version, get: /version, status: 200 }]
    strategy: ${strategy}
    criteria: { error-rate: { within: ${tolerance}, mode: points }, latency-p95: { at-most: ${latency} }, min-samples: 4${criteria === '' ? '' : `, ${criteria}`} }
    environments:
      production: { instances: 2 }
${more[name] ?? ''}`,
  )
  .join('')}`;
