import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gitIn } from '../../src/adapters/governance/git.js';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { startingFile } from '../../src/config/template.js';
import { marker } from '../../src/domain/decisions/documents/markers.js';
import { aGovernance } from '../support/a-governance.js';
import { slipway } from '../support/slipway-cli.js';
import { aRequest } from '../records/stories.js';

const [runbook, config, rotation] = [
  'docs/runbooks/deployment-runbook.md',
  'docs/implementation/deployment-config.md',
  'docs/runbooks/DOC-0019-secrets-rotation.md',
];

let governance: Awaited<ReturnType<typeof aGovernance>>;
beforeEach(async () => {
  governance = await aGovernance();
  await governance.write('slipway.yml', startingFile());
});
afterEach(() => governance.close());

const run = (...args: string[]) => slipway(args, { cwd: governance.directory });
const git = (...args: string[]): Promise<string> => gitIn(governance.directory)(args);
const states = (out: string): unknown =>
  (JSON.parse(out) as { documents: { path: string; state: string }[] }).documents.map(({ path, state }) => [
    path,
    state,
  ]);

describe('slipway documents', () => {
  it('makes the three documents and commits them, and these alone', async () => {
    const { code, out } = await run('documents');
    assert.deepEqual([code, out], [0, [runbook, config, rotation].map((path) => `${path}: made`).join('\n')]);
    assert.equal(
      await git('show', '--name-only', '--format=%an', 'HEAD'),
      ['Slipway', '', config, rotation, runbook].join('\n'),
    );
    assert.equal(await git('status', '--porcelain'), '?? slipway.yml');
  });

  it('done again changes nothing and commits nothing', async () => {
    await run('documents');
    const before = await git('rev-parse', 'HEAD');
    assert.match((await run('documents')).out, /as slipway\.yml says/);
    assert.equal(await git('rev-parse', 'HEAD'), before);
  });

  it('follows the configuration, and leaves what people wrote byte for byte', async () => {
    const [begin, end] = [marker('begin', 'runbook'), marker('end', 'runbook')];
    await governance.write(runbook, `\ufeff# Ours\t \r\n${begin}\r\nold\r\n${end}\r\n☎ 112, no line end`);
    await run('documents');
    const made = await governance.read(runbook);
    assert.ok(made.startsWith(`\ufeff# Ours\t \r\n${begin}\r\n`) && made.endsWith(`${end}\r\n☎ 112, no line end`));
    await governance.write('slipway.yml', startingFile().replace('shares: [5, 25, 100]', 'shares: [7, 100]'));
    assert.equal((await run('documents', '--check')).code, 1);
    await run('documents');
    assert.match(await governance.read(runbook), /give NEW 7 % of the traffic/);
    assert.match(await git('log', '-1', '--format=%s'), /^Documents made from the configuration/);
  });

  it('says with --check which are not as they should be, and writes none', async () => {
    const missing = await run('documents', '--check', '--json');
    assert.deepEqual(
      [missing.code, states(missing.out)],
      [1, [runbook, config, rotation].map((path) => [path, 'missing'])],
    );
    await run('documents');
    assert.equal((await run('documents', '--check')).code, 0);
    await governance.write(config, (await governance.read(config)).replace('canary', 'at once'));
    const { code, out } = await run('documents', '--check');
    assert.deepEqual([code, out.split('\n')[1]], [1, `${config}: stale: slipway documents`]);
    assert.match(await governance.read(config), /at once/);
  });

  it('writes none where markers are broken, and says the file and the line', async () => {
    await governance.write(config, `# Ours\n\n${marker('begin', 'deployment-config')}\nno end\n`);
    const { code, err } = await run('documents');
    assert.deepEqual(
      [code, err],
      [
        2,
        `${config}:3:1 met <!-- slipway:begin deployment-config -->; wanted <!-- slipway:end deployment-config --> after it`,
      ],
    );
    assert.equal(await git('log', '--format=%s'), 'Governance repository begun');
  });

  it('writes none where a file is not text', async () => {
    await mkdir(join(governance.directory, 'docs/runbooks'), { recursive: true });
    await writeFile(join(governance.directory, runbook), Buffer.from([0x23, 0xff, 0x0a]));
    const { code, err } = await run('documents');
    assert.deepEqual([code, err], [2, `${runbook}:1:1 met bytes that are not UTF-8; wanted text in UTF-8`]);
  });

  it('commits what was written before and not committed, as by a crash in between', async () => {
    await run('documents');
    await git('update-ref', 'HEAD', (await git('rev-list', '--max-parents=0', 'HEAD')).trim());
    await run('documents');
    assert.equal(await git('status', '--porcelain'), '?? slipway.yml');
  });

  it('stands beside the records: both are written, and the chain verifies', async () => {
    const records = createGovernanceRecords({ directory: governance.directory });
    await Promise.all([run('documents'), records.openChange({ eventId: 'a', request: aRequest() })]);
    assert.deepEqual((await records.audit()).findings, []);
    assert.equal(await git('status', '--porcelain'), '?? slipway.yml');
  });

  it('ends with 2 and the line where the configuration makes no sense', async () => {
    await governance.write('slipway.yml', startingFile().replace('kind: canary', 'kind: canry'));
    const { code, err } = await run('documents');
    assert.equal(code, 2);
    assert.match(err, /slipway\.yml:\d+:\d+ services\.shop\.strategy\.kind: met "canry"/);
  });
});

describe('slipway doctor', () => {
  const finding = async () => {
    const { out } = await run('doctor', '--json');
    const { findings } = JSON.parse(out) as {
      findings: { what: string; well: boolean; found: string; todo?: string }[];
    };
    return findings.find(({ what }) => what === 'documents');
  };

  it('says that there are no documents yet, that they are current, and which are stale', async () => {
    assert.deepEqual([(await finding())?.well, (await finding())?.found.startsWith('none yet')], [true, true]);
    await run('documents');
    assert.equal((await finding())?.found, '3 are as slipway.yml says');
    await governance.write('slipway.yml', startingFile().replace('shares: [5, 25, 100]', 'shares: [7, 100]'));
    assert.deepEqual(await finding(), {
      ...{ what: 'documents', well: false, todo: 'slipway documents' },
      found: `${runbook} is stale, ${config} is stale`,
    });
  });

  it('says where markers are broken', async () => {
    await governance.write(runbook, `${marker('end', 'runbook')}\n`);
    const { well, found = '' } = (await finding()) ?? {};
    assert.equal(well, false);
    assert.match(found, new RegExp(`^${runbook}:1:1 met <!-- slipway:end runbook -->`));
  });
});
