import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../../workers/bundle.js';

/**
 * Recorded histories, named `<what happened>--<workflow>.json`. They are never edited: a change of workflow code that
 * would make a running release stumble makes one of them stumble here.
 */
const folder = join(process.cwd(), 'test/histories');

describe('every history that was ever recorded replays', async () => {
  let bundle: WorkflowBundleWithSourceMap;
  before(async () => {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
    });
    bundle = await bundleWorkflows();
  });

  after(() => Runtime.instance().shutdown());

  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  it('there are some', () => assert.ok(files.length > 0, `no history in ${folder}`));

  for (const file of files)
    it(file.replace(/\.json$/, '').replace('--', ': '), async () => {
      const history: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
      await Worker.runReplayHistory({ workflowBundle: bundle }, history, file);
    });
});
