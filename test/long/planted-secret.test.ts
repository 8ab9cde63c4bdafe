import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { execa } from 'execa';
import { type Load, startLoad } from '../../src/demo/load.js';
import { openStage } from '../support/stage.js';

/** What nobody may read anywhere, in the places where a Slipway is given secrets. */
const planted = {
  webhook: 'pl4nted-webhook-8d1f',
  smtp: 'pl4nted-smtp-77ac',
  customers: 'pl4nted-customers-02be',
  cdEvents: 'pl4nted-cdevents-e91c',
  stranger: 'pl4nted-stranger-5b60',
} as const;

/** SPEC-0701, Secrets Management: values are in no history, log, record, error, environment or artifact. */
describe('fault 41: a planted secret', { timeout: 240_000 }, async () => {
  const hook = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(request.url?.includes(planted.webhook) ? 503 : 200).end());
  });
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done));
  const at = `127.0.0.1:${(hook.address() as AddressInfo).port}`;
  const stage = await openStage(
    { tiny: '{ kind: canary, shares: [50, 100], window: 2s, afterwards: 2s, every: 1s }' },
    {
      environments: ['production'],
      production: 'customers: { notice: 1s, webhook: { env: CUSTOMERS_WEBHOOK } }',
      startWithin: '90s',
      latency: '2s',
      variables: {
        SLIPWAY_WEBHOOK: `http://${at}/${planted.webhook}`,
        SLIPWAY_SMTP_URL: `smtp://slipway:${planted.smtp}@127.0.0.1:9`,
        SLIPWAY_SMTP_FROM: 'slipway@example.org',
        SLIPWAY_SMTP_TO: 'on-call@example.org',
        SLIPWAY_CDEVENTS_WEBHOOK: `http://${at}/${planted.cdEvents}`,
        CUSTOMERS_WEBHOOK: `http://${at}/${planted.customers}`,
        AWS_SECRET_ACCESS_KEY: planted.stranger,
        SLIPWAY_LOG: 'debug',
      },
    },
  );
  let customers: Load | undefined;
  after(async () => {
    await customers?.stop();
    await stage.close();
    hook.close();
  });
  const values = Object.values(planted);
  const heldBy = (text: string): readonly string[] => values.filter((value) => text.includes(value));

  it('is used: a release, one that is taken back, notices that are not taken, requests that are refused', async () => {
    const changeId = await stage.release('tiny', '1.0.0');
    await stage.approve(changeId);
    customers = startLoad({ url: await stage.production('tiny'), requestsPerSecond: 12 });
    const { state, outcome } = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    assert.equal(state, 'succeeded', outcome?.reason);
    const next = await stage.release('tiny', '1.1.0');
    await stage.approve(next);
    await stage.until(next, 'users on it', ({ rollouts }) => rollouts.some(({ share }) => share > 0));
    const back = await stage.ask('dave', 'POST', `/v1/releases/${next}/rollback`, { reason: 'to see what is told' });
    assert.equal(back.status, 200);
    await stage.until(next, 'closed', ({ closedAt }) => closedAt !== undefined);
  });

  it('is in no answer of the front door, refusals among them', async () => {
    const paths = [
      '/v1/services',
      '/v1/releases',
      '/v1/findings',
      '/v1/holds',
      '/v1/flags',
      '/',
      '/metrics',
      '/openapi.json',
    ];
    for (const path of [...paths, '/v1/releases/change-20260101-01', '/v1/nothing'])
      assert.deepEqual(heldBy(await textOf(path)), [], path);
  });

  it('is in no history of the engine', async () => {
    const client = await stage.client();
    let workflows = 0;
    for await (const { workflowId, runId } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const said = JSON.stringify(history, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
      );
      assert.deepEqual(heldBy(said), [], workflowId);
      workflows += 1;
    }
    assert.ok(workflows >= 5, `${workflows} workflows`);
  });

  it('is in no log', () => {
    assert.ok(stage.log().length > 0);
    assert.deepEqual(heldBy(stage.log().join('\n')), []);
  });

  it('is in no record, and in nothing that was ever committed', async () => {
    const { stdout } = await execa('git', ['log', '--all', '-p', '--no-color'], { cwd: stage.directory });
    assert.ok(stdout.length > 10_000);
    assert.deepEqual(heldBy(stdout), []);
  });

  it('is in no file below the governance repository, its data folder, artifacts and the engine’s database', async () => {
    const files = (await readdir(stage.directory, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
    for (const kind of ['.db', '.log', '.gz'])
      assert.ok(
        files.some(({ name }) => name.endsWith(kind)),
        `no ${kind}`,
      );
    for (const { parentPath, name } of files) {
      const content = await readFile(join(parentPath, name)).catch(() => Buffer.alloc(0));
      assert.deepEqual(heldBy(content.toString('latin1')), [], join(parentPath, name));
    }
  });

  it('is in no environment of what Slipway deploys, nor on any command line', async () => {
    const mine = await processesWith(stage.directory);
    const instances = mine.filter(({ line }) => line.includes('server.mjs'));
    assert.ok(instances.length >= 2, JSON.stringify(mine.map(({ line }) => line)));
    for (const { environment, line } of instances) assert.deepEqual(heldBy(environment), [], line);
    for (const { line } of mine) assert.deepEqual(heldBy(line), [], line);
  });

  async function textOf(path: string): Promise<string> {
    const { body, headers } = await stage.ask('alice', 'GET', path).catch(async () => {
      const answer = await fetch(`${stage.url()}${path}`);
      return { body: await answer.text(), headers: answer.headers };
    });
    return JSON.stringify([body, [...headers.entries()]]);
  }
});

/** Processes that work somewhere below the folder, or name it on their command line. */
async function processesWith(folder: string) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const read = (what: string) => readFile(`/proc/${pid}/${what}`, 'utf8').catch(() => '');
      const [line, environment] = await Promise.all([read('cmdline'), read('environ')]);
      return { line: line.replaceAll('\0', ' '), environment };
    }),
  );
  return all.filter(({ line, environment }) => line.includes(folder) || environment.includes(folder));
}
