import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';

const rules = createRequire(import.meta.url)(join(process.cwd(), '.config/dependency-rules.cjs')) as IConfiguration;

/** Each rule of the map, and a pair of files that breaks it. */
const broken: Record<string, readonly [file: string, imports: string]> = {
  'no-circles': ['src/adapters/a.ts', './b.js'],
  'domain-imports-domain': ['src/domain/a.ts', '../ports/b.js'],
  'calendars-know-time-zones': ['src/domain/decisions/calendar/a.ts', '../../../ports/b.js'],
  'nouns-do-not-judge': ['src/domain/a.ts', './decisions/b.js'],
  'messages-are-names': ['src/messages.ts', './ports/b.js'],
  'ports-are-shapes': ['src/ports/a.ts', '../adapters/b.js'],
  'src-looks-inward': ['src/http/a.ts', '../../workflows/b.js'],
  'adapters-serve-ports': ['src/adapters/a.ts', '../http/b.js'],
  'the-front-door-knows-the-client': ['src/http/a.ts', '../adapters/b.js'],
  'workflows-know-words-not-tools': ['workflows/a.ts', '../src/ports/b.js'],
  'activities-use-ports-not-adapters': ['activities/a.ts', '../src/adapters/b.js'],
  'contract-is-shapes': ['activities/contract.ts', '../src/ports/b.js'],
};

describe('the map of README.md', async () => {
  const root = await mkdtemp(join(process.cwd(), '.build-layers-'));
  after(() => rm(root, { recursive: true }));

  it('has a case for every rule', () => {
    assert.deepEqual(Object.keys(broken).sort(), rules.forbidden?.map((rule) => rule.name).sort());
  });

  for (const [name, [file, imports]] of Object.entries(broken))
    it(`${name} is seen to fail when it is broken`, async () => {
      const world = join(root, name);
      const target = join(dirname(file), imports).replace(/\.js$/, '.ts');
      await write(join(world, file), `import { b } from '${imports}';\nexport const a = b;\n`);
      const circle = name === 'no-circles' ? `import { a } from './a.js';\nexport const c = a;\n` : '';
      await write(join(world, target), `${circle}export const b = 1;\n`);
      const { output } = await cruise(['.'], {
        ruleSet: rules,
        validate: true,
        baseDir: world,
        tsPreCompilationDeps: true,
      });
      const violated = (output as ICruiseResult).summary.violations.map((violation) => violation.rule.name);
      assert.ok(violated.includes(name), `${file} → ${imports} broke only: ${violated.join(', ') || 'nothing'}`);
    });
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
