import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import type { BuildConfig, Config, ServiceConfig } from '../../src/config/config.js';
import { minutes } from '../../src/domain/duration.js';

/** A directory that is removed when the tests of the file have ended. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface Repository {
  readonly path: string;
  /** Writes the files, commits everything, and returns the full commit. */
  commit(files: Readonly<Record<string, string>>): string;
  git(...args: string[]): string;
}

/** A real git repository of its own, untouched by the configuration of whoever runs the tests. */
export function aRepository(): Repository {
  const path = temporaryDirectory();
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgSign=false'];
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): string =>
    execFileSync('git', [...who, ...args], { cwd: path, env, encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  return {
    path,
    git,
    commit: (files) => {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', 'change');
      return git('rev-parse', 'HEAD');
    },
  };
}

/** A configuration with one service, `shop`. */
export function aConfig(
  shop: Partial<Omit<ServiceConfig, 'build'>> & { readonly build?: Partial<BuildConfig> } = {},
): Pick<Config, 'services'> {
  const service: ServiceConfig = {
    name: 'shop',
    repository: '/nowhere',
    process: { run: 'node server.mjs', health: '/', ready: '/', startWithin: 1_000, stopWithin: 1_000 },
    smoke: [],
    stages: {},
    smokeWithin: minutes(5),
    rollbackPatience: minutes(1),
    whenBusy: 'queue',
    ...shop,
    build: { gates: [], output: '.', timeout: minutes(1), ...shop.build },
  };
  return { services: { shop: service } };
}
