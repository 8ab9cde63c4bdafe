import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createTelemetry } from '../../src/adapters/checks/telemetry.js';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.js';
import type { CommandHeard } from '../../src/domain/telemetry.js';
import type { Telemetry } from '../../src/ports/telemetry.js';
import { temporaryDirectory } from '../build/repository.js';
import { aConfig } from '../support/front-door.js';

const place = { service: 'shop', environment: 'production' };

/** Instances `loud` and `silent` run; the command for traces is `run`. */
const worlds: Readonly<Record<string, (run: string, memory: CommandHeard) => Telemetry>> = {
  'logs of hosts and commands': (run) => {
    const dataDir = temporaryDirectory();
    const logs = join(dataDir, 'hosts', 'production', 'logs');
    mkdirSync(logs, { recursive: true });
    writeFileSync(join(logs, 'loud.log'), 'x'.repeat(64));
    writeFileSync(join(logs, 'silent.log'), '');
    const { services, ...config } = aConfig();
    const shop = { ...services['shop']!, observability: { traces: run } };
    const variables = { PATH: process.env['PATH'], JAEGER: 'http://jaeger.example' };
    return createTelemetry({ config: { ...config, directory: dataDir, services: { shop } }, dataDir, variables });
  },
  memory: (_, said) => {
    const memory = createMemoryTelemetry();
    memory.silent.add('silent');
    memory.answers.set('traces', said);
    return memory;
  },
};

for (const [world, create] of Object.entries(worlds))
  describe(`what a service tells of itself, by ${world}`, () => {
    for (const [says, run, arrives, said] of [
      ['that traces arrive', 'echo asking; echo 7 spans', true, '7 spans'],
      ['that they arrive, in no words', 'true', true, 'exit code 0'],
      ['that they do not', 'echo 0 spans; exit 1', false, 'exit code 1, wanted 0: 0 spans'],
      ['nothing, as it is not there', 'jaeger-of-nobody', false, 'exit code 127'],
      [
        'of whom, with the variables of its worker',
        'echo $SERVICE $ENVIRONMENT $JAEGER',
        true,
        'shop production http://jaeger.example',
      ],
    ] as const)
      it(`a command that says ${says}`, async () => {
        const met = await create(run, { run, arrives, said }).ask(place, 'traces');
        assert.deepEqual([met?.run, met?.arrives], [run, arrives]);
        assert.ok(met?.said.includes(said), met?.said);
      });

    it('no command is asked where there is none', async () => {
      assert.equal(await create('true', { run: 'true', arrives: true, said: '' }).ask(place, 'logs'), undefined);
    });

    it('each instance has written so many bytes', async () => {
      const telemetry = create('true', { run: 'true', arrives: true, said: '' });
      assert.deepEqual(await telemetry.logged(place, ['loud', 'silent']), { loud: 64, silent: 0 });
      assert.deepEqual(await telemetry.logged(place, []), {});
    });
  });

describe('the log of an instance', () => {
  it('that was never begun holds nothing', async () => {
    const telemetry = worlds['logs of hosts and commands']!('true', { run: '', arrives: true, said: '' });
    assert.deepEqual(await telemetry.logged(place, ['gone']), { gone: 0 });
  });
});
