import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';
import { createMemoryPlots } from '../../src/adapters/memory/plots.js';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import { recordsSuite } from './records-suite.js';

const plots = createMemoryPlots();

recordsSuite('in memory', (settings) => {
  const records = createMemoryRecords(plots, settings?.rowsPerPage);
  return Promise.resolve({
    records,
    read: (path) => Promise.resolve(records.files.get(path)),
    put: (path, content) => {
      if (content === undefined) records.files.delete(path);
      else records.files.set(path, content);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});

recordsSuite('in a git repository', async (settings) => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-'));
  await initGovernanceRepository(directory);
  return {
    records: createGovernanceRecords({ directory, plots, ...settings }),
    read: (path) => readFile(join(directory, path), 'utf8').catch(() => undefined),
    put: async (path, content) => {
      if (content === undefined) return rm(join(directory, path));
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    },
    close: () => rm(directory, { recursive: true }),
  };
});
