import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import type { Loaded } from '../../src/config/load.js';
import { formatProblems } from '../../src/config/problems.js';

/** Gives `use` a folder of its own and removes it afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Loads the text as a `slipway.yml` of its own folder. */
export const load = (text: string | Uint8Array): Promise<Loaded & { readonly folder: string }> =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'slipway.yml'), text);
    return { ...(await loadConfig(join(folder, 'slipway.yml'))), folder };
  });

/** What the text means; fails with its problems when it is refused. */
export async function configOf(text: string): Promise<Config> {
  const loaded = await load(text);
  assert.ok(loaded.ok, loaded.ok ? '' : formatProblems(loaded.problems));
  return loaded.config;
}

/** The lines a person would read; none when the text is accepted. */
export async function problemsOf(text: string | Uint8Array): Promise<readonly string[]> {
  const loaded = await load(text);
  return loaded.ok ? [] : formatProblems(loaded.problems, loaded.folder).split('\n');
}

/** A small valid file, each section replaceable; every section stands on known lines. */
export function aFile(
  sections: Partial<Record<'profile' | 'people' | 'environments' | 'service', string>> = {},
): string {
  const { profile = 'spec-0701', people = threePeople, environments = threeTiers, service = '' } = sections;
  return [
    `profile: ${profile}`,
    `people: ${people}`,
    `environments: ${environments}`,
    'services:',
    '  shop:',
    '    repository: ../shop',
    '    process: { run: node server.js }',
    ...(service.includes('smoke:') ? [] : ['    smoke: [{ name: alive, get: /healthz }]']),
    ...service.split('\n').map((line) => (line === '' ? '' : `    ${line}`)),
  ].join('\n');
}

const threePeople =
  '{ alice: { roles: [implementation-wrangler] }, grace: { roles: [governance-sentinel] }, oscar: { roles: [service-owner, on-call] } }';
const threeTiers = '{ dev: { tier: development }, staging: { tier: staging }, production: { tier: production } }';
