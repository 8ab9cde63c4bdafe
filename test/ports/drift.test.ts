import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDrift } from '../../src/adapters/checks/drift.js';
import { createMemoryDrift } from '../../src/adapters/memory/drift.js';
import type { CommandSaid } from '../../src/domain/drift.js';
import type { Drift } from '../../src/ports/drift.js';
import { temporaryDirectory } from '../build/repository.js';
import { aConfig } from '../support/front-door.js';

const variables = { PATH: process.env['PATH'], CLOUD_TOKEN: 'of production' };

const worlds: Readonly<Record<string, (run: string, memory: CommandSaid) => Drift>> = {
  'a command': (run) => {
    const environments = aConfig().environments.map((of) => (of.name === 'production' ? { ...of, drift: run } : of));
    return createDrift({ config: { environments, directory: temporaryDirectory() }, variables });
  },
  memory: (_, said) => {
    const drift = createMemoryDrift();
    drift.answers.set('production', said);
    return drift;
  },
};

for (const [world, create] of Object.entries(worlds))
  describe(`the drift of an environment, by ${world}`, () => {
    for (const [says, run, kind, said] of [
      ['none', 'echo No changes.', 'none', 'No changes.'],
      ['drift', 'echo Plan: 1 to add; exit 2', 'drift', 'exit code 2: Plan: 1 to add'],
      ['that it failed', 'echo no credentials >&2; exit 1', 'unknown', 'exit code 1, wanted 0: no credentials'],
      ['nothing, as it is not there', 'terraform-of-nobody', 'unknown', 'exit code 127'],
      [
        'where it is, with the credentials of its worker',
        'echo $ENVIRONMENT $CLOUD_TOKEN; exit 2',
        'drift',
        'production of production',
      ],
    ] as const)
      it(`that says ${says}`, async () => {
        const met = await create(run, { run, kind, said }).look('production');
        assert.deepEqual([met?.run, met?.kind], [run, kind]);
        assert.ok(met?.said.includes(said), met?.said);
      });

    it('is nothing where no command is', async () => {
      assert.equal(await create('exit 2', { run: 'exit 2', kind: 'drift', said: '' }).look('staging'), undefined);
    });
  });
