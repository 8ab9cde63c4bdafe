import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundlePath } from '../../workers/bundle.js';

/**
 * Recorded histories, named `<what happened>--<workflow>.json`. They are never edited: a change of workflow code that
 * would make a running release stumble makes one of them stumble here.
 */
const folder = join(process.cwd(), 'test/histories');

describe('every history that was ever recorded replays', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  const faults = new Map<string, Error | undefined>();

  before(async () => {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
    });
    const options = { workflowBundle: { codePath: bundlePath } };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories(files)))
      faults.set(workflowId, error);
  });

  after(() => Runtime.instance().shutdown());

  it('there are some', () => assert.ok(files.length > 0, `no history in ${folder}`));

  for (const file of files)
    it(file.replace(/\.json$/, '').replace('--', ': '), () => {
      assert.ok(faults.has(file), 'it was not replayed');
      assert.ifError(faults.get(file));
    });
});

/** One after the other; each goes by the name of its file. */
async function* histories(files: readonly string[]): AsyncGenerator<{ workflowId: string; history: unknown }> {
  for (const file of files)
    yield { workflowId: file, history: JSON.parse(await readFile(join(folder, file), 'utf8')) as unknown };
}
