import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { before, describe, it } from 'node:test';
import { bundleWorkflows } from '../../workers/bundle.js';

describe('the workflow bundle', () => {
  let modules: readonly string[];
  let code: string;
  before(async () => {
    const bundle = await bundleWorkflows();
    code = bundle.code;
    modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gm)].map(([, path]) => path ?? '');
  });

  it('holds the workflows', () => {
    assert.ok(modules.length > 20, `${modules.length} modules found: is the bundle still written module by module?`);
    assert.ok(modules.some((path) => path.endsWith('workflows/release.js')));
  });

  for (const banned of [
    'zod',
    'pino',
    'express',
    'yaml',
    '@temporalio/client',
    '@temporalio/worker',
    '@temporalio/activity',
  ])
    it(`holds nothing of ${banned}`, () => {
      assert.deepEqual(
        modules.filter((path) => path.includes(`node_modules/${banned}/`)),
        [],
      );
    });

  it('holds nothing of Node', () => {
    const external = [...code.matchAll(/require\("(?:node:)?([a-z_/]+)"\)/g)].map(([, name]) => name ?? '');
    assert.deepEqual(
      external.filter((name) => builtinModules.includes(name)),
      [],
    );
  });

  it('holds no decision, adapter, port or activity: they may change while releases run', () => {
    const rooms = /\/(src\/domain\/decisions|src\/adapters|src\/ports|src\/http|activities)\//;
    assert.deepEqual(
      modules.filter((path) => rooms.test(path) && !path.includes('node_modules')),
      [],
    );
  });
});
