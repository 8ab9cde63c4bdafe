import { access, cp, mkdir, mkdtemp, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { ShopDatabases } from './databases.js';

/**
 * Makes a git repository with the four versions of a small shop, tagged `v1.0.0`, `v1.1.0` (vouchers), `v1.2.0`, which
 * passes its tests and its smoke suite and fails under the orders of real customers, and `v1.3.0` (greetings), which
 * migrates the shop's data, if it has a database. The commits are the same every time. A repository that is there already
 * is left as it is.
 */
export async function makeSampleShop(directory: string): Promise<void> {
  if (await exists(join(directory, '.git'))) return;
  await mkdir(dirname(directory), { recursive: true });
  // Made beside its place and moved there whole, so that what was begun and broken off is never taken for a repository.
  const draft = await mkdtemp(join(dirname(directory), `.${basename(directory)}-`));
  await git(draft, versions[0].date, 'init', '--quiet', '--initial-branch=main', '--template=');
  for (const { version, date, message } of versions) {
    await cp(join(templates, version), draft, { recursive: true });
    await git(draft, date, 'add', '--all');
    await git(draft, date, 'commit', '--quiet', '--message', message);
    await git(draft, date, 'tag', '--annotate', '--message', message, `v${version}`);
  }
  await rename(draft, directory);
}

/** The environments of the demo, in order of promotion. */
export const environments = ['dev', 'staging', 'production'] as const;

/** The `slipway.yml` of the demo: the sample shop, with its databases if it has any, three people, time compressed. */
export const demoConfig = (about: {
  readonly repository: string;
  readonly databases?: Pick<ShopDatabases, 'files' | 'client'>;
}): string => `\
version: 1
# Keeps every rule of approval and promotion, and compresses time. Every record says so.
profile: demo

people:
  alice: { roles: [implementation-wrangler] }
  grace: { roles: [governance-sentinel] }
  oscar: { roles: [service-owner] }

# In order of promotion.
environments:
  dev: { tier: development }
  staging: { tier: staging }
  # No release gets there before a rollback was rehearsed; the drill that shows it is a year old at most.
  production: { tier: production, readiness: { rollback-rehearsed: { max-age: 365d } } }

services:
  shop:
    repository: ${JSON.stringify(about.repository)}
    build:
      gates:
        - { name: unit tests, run: node --test }
      run: node build.mjs
      output: dist
    process:
      run: exec node server.mjs
      health: /healthz
      ready: /readyz
    smoke:
      - { name: ready, get: /readyz, contains: ready }
      - { name: products, get: /products, contains: darjeeling }
      - name: order
        post: /orders
        headers: { content-type: application/json }
        body: { items: [{ product: assam, quantity: 2 }] }
        status: 201
        contains: '"totalCents":1240'
      - { name: unknown order, get: /orders/unknown, status: 404 }
    criteria:
      error-rate: { within: 5%, mode: points }
      latency-p95: { at-most: 300ms }
      min-samples: 20
${about.databases ? databaseWords(about.databases) : ''}\
    environments:
      dev: { instances: 1, strategy: { kind: rolling, batches: 1 }${variables('dev', about)} }
      staging: { instances: 2, strategy: { kind: rolling, batches: 2 }${variables('staging', about)} }
      production: { instances: 2, strategy: { kind: canary, shares: [5, 25, 100], window: 3s, afterwards: 3s }${variables('production', about)} }
`;

/** Slipway reads the addresses from the same files as the shop. */
const databaseWords = ({ files }: Pick<ShopDatabases, 'files'>): string => `\
    database:
      url:
${environments.map((name) => `        ${name}: { file: ${JSON.stringify(files[name])} }\n`).join('')}`;

function variables(environment: string, { databases }: Parameters<typeof demoConfig>[0]): string {
  if (!databases) return '';
  const told = { ORDERS_DATABASE: databases.files[environment], POSTGRES_CLIENT: databases.client };
  return `, variables: ${JSON.stringify(told)}`;
}

/** Read from the sources: the shop is no part of the compiled program. Each version lies over the one before. */
const templates = fileURLToPath(new URL('../../../src/demo/sample-shop', import.meta.url));

const versions = [
  { version: '1.0.0', date: '2026-09-01T09:00:00Z', message: 'Sell tea' },
  { version: '1.1.0', date: '2026-09-15T09:00:00Z', message: 'Take vouchers' },
  { version: '1.2.0', date: '2026-10-06T09:00:00Z', message: 'Tell customers where their order is packed' },
  { version: '1.3.0', date: '2026-11-03T09:00:00Z', message: 'Pack a card with a greeting' },
] as const;

/** Nothing of the user's own configuration may change what is committed, nor a surrounding git command where. */
async function git(cwd: string, date: string, ...args: readonly string[]): Promise<void> {
  const env = {
    GIT_DIR: join(cwd, '.git'),
    GIT_WORK_TREE: cwd,
    GIT_INDEX_FILE: join(cwd, '.git', 'index'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
    ...person('AUTHOR'),
    ...person('COMMITTER'),
  };
  await execa('git', args, { cwd, env });
}

const person = (role: 'AUTHOR' | 'COMMITTER'): Record<string, string> => ({
  [`GIT_${role}_NAME`]: 'Sample Shop',
  [`GIT_${role}_EMAIL`]: 'shop@example.com',
});

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return false;
    throw fault;
  }
}
