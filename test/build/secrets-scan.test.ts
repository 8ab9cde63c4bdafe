import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { scanForSecrets, scanGate } from '../../src/adapters/build/secrets-scan.js';

const folder = await mkdtemp(join(tmpdir(), 'slipway-scan-'));
after(() => rm(folder, { recursive: true, force: true }));

/** Put together here, so that this file holds none itself. */
const whole = (...parts: readonly string[]): string => parts.join('');
const secrets = {
  aws: whole('AKIA', 'IOSFODNN7ABCDEFG'),
  github: whole('ghp_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'),
  key: whole('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIEow'),
  database: whole('postgresql://shop:', 'hunter22@db/shop'),
  url: whole('https://shop:', 'hunter22@example.org/'),
  queue: whole('amqp://shop:', 'hunter22@queue'),
};

const scan = async (
  files: Readonly<Record<string, string | Buffer>>,
  allowed: { path: string; reason: string }[] = [],
) => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return await scanForSecrets({ folder, paths: Object.keys(files), allowed });
};

describe('the secrets scan', () => {
  const table: readonly (readonly [says: string, content: string, found: string | undefined])[] = [
    ['a token of GitHub', `token = ${secrets.github}`, 'found GitHub Token'],
    ['a key id of AWS by itself', `id: ${secrets.aws}`, 'found AWS access key id'],
    ['a private key that is cut off', secrets.key, 'found private key'],
    ['the address of a database', `DB=${secrets.database}`, 'found PostgreSQL connection string'],
    ['a password in a URL', `curl ${secrets.url}`, 'found basic auth credential'],
    [
      'a secret below a comment that lets it through',
      `// secretlint-disable\n${secrets.aws}`,
      'found AWS access key id',
    ],
    ['a password in the address of a queue', secrets.queue, 'found password in a URL'],
    ['a password that is the word for one', 'curl https://user:password@example.org/', undefined],
    ['a password that is put in later', 'curl https://user:${PASSWORD}@example.org/', undefined],
    ['code', 'export const sum = (a, b) => a + b;', undefined],
    ['nothing', '', undefined],
  ];
  for (const [says, content, found] of table)
    it(`${found === undefined ? 'passes' : 'refuses'} ${says}`, async () => {
      const { findings } = await scan({ 'config/prod.txt': content });
      assert.deepEqual(
        findings.map(({ what }) => what),
        found === undefined ? [] : [found],
      );
    });

  it('names file and line, and holds nothing of what was found', async () => {
    const said = scanGate(await scan({ 'a.env': `\n\n${secrets.github}\n`, 'b.env': secrets.database }));
    assert.equal(said.verdict.kind, 'fail');
    assert.match(
      said.verdict.reason,
      /^a\.env:3 found GitHub Token, and 1 more\. Take it out and change it, or list the file/,
    );
    assert.match(said.log, /^2 files looked at, 0 too large or no text\na\.env:3 .*\nb\.env:1 /);
    for (const part of ['a1B2', 'hunter', 'ghp_']) assert.ok(!JSON.stringify(said).includes(part), part);
  });

  it('lets through what is listed with a reason, and still tells of it', async () => {
    const allowed = [{ path: 'test/keys', reason: 'keys of the tests' }];
    const said = scanGate(await scan({ 'test/keys/a.pem': secrets.key, 'test/keysmith.txt': 'none' }, allowed));
    assert.equal(said.verdict.kind, 'pass');
    assert.match(said.log, /test\/keys\/a\.pem:1 allowed by slipway\.yml: found private key/);
    assert.equal(scanGate(await scan({ 'test/keysmith.txt': secrets.key }, allowed)).verdict.kind, 'fail');
  });

  it('counts what it does not look at', async () => {
    const { files, skipped } = await scan({
      'a.bin': Buffer.from([1, 0, 2]),
      'b.txt': 'x'.repeat(1_000_001),
      'c.txt': '',
    });
    assert.deepEqual([files, skipped], [1, 2]);
  });
});
