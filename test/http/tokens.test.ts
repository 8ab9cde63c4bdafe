import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createTokens, type TokenStore } from '../../src/adapters/identity/tokens.js';
import { createIdentity, tokenOf } from '../../src/http/identity.js';
import { aConfig } from '../support/front-door.js';

let dataDir: string;
let tokens: TokenStore;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-'));
  tokens = createTokens({ dataDir });
});
afterEach(() => rm(dataDir, { recursive: true }));

describe('Tokens', () => {
  it('name the person they were issued for, and nobody else', async () => {
    const grace = await tokens.issue('grace');
    const dave = await tokens.issue('dave');
    assert.match(grace, /^slw_[\w-]{43}$/);
    assert.equal(await tokens.identify(grace), 'grace');
    assert.equal(await tokens.identify(dave), 'dave');
    for (const wrong of ['', 'slw_', grace.slice(0, -1), `${grace}x`, grace.toUpperCase(), 'x'.repeat(10_000)])
      assert.equal(await tokens.identify(wrong), undefined);
  });

  it('are kept as hashes only, in a file that nobody else can read', async () => {
    const token = await tokens.issue('grace');
    const file = join(dataDir, 'tokens.json');
    assert.ok(!(await readFile(file, 'utf8')).includes(token.slice(4)));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('are dead as soon as they are revoked, also for a process that runs', async () => {
    const [one, two] = [await tokens.issue('grace'), await tokens.issue('grace')];
    const other = createTokens({ dataDir });
    assert.equal(await other.revoke('grace'), 2);
    assert.equal(await tokens.identify(one), undefined);
    assert.equal(await tokens.identify(two), undefined);
    assert.equal(await other.revoke('grace'), 0);
  });

  it('issued at the same time are all kept', async () => {
    const people = Array.from({ length: 12 }, (_, n) => `person-${n}`);
    const issued = await Promise.all(people.map((person) => createTokens({ dataDir }).issue(person)));
    assert.deepEqual(await Promise.all(issued.map((token) => tokens.identify(token))), people);
  });

  it('of the operator is made once, and again when its file was lost', async () => {
    const { token, file } = await tokens.ensureOperator();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await tokens.ensureOperator()).token, token);
    assert.equal(await tokens.identify(token), 'operator');
    await rm(file);
    const again = await tokens.ensureOperator();
    assert.notEqual(again.token, token);
    assert.equal(await tokens.identify(again.token), 'operator');
    assert.equal(await tokens.identify(token), undefined);
  });

  it('in a file that was spoiled let nobody in, and say so', async () => {
    await writeFile(join(dataDir, 'tokens.json'), '{"grace": true}');
    await assert.rejects(tokens.identify(`slw_${'x'.repeat(43)}`), /tokens\.json does not hold tokens/);
  });
});

describe('A person', () => {
  it('has the roles of the configuration; the operator may start releases', async () => {
    const identity = createIdentity({ tokens, config: aConfig() });
    assert.deepEqual(await identity.identify(await tokens.issue('grace')), {
      person: 'grace',
      roles: ['governance-sentinel'],
    });
    const operator = await identity.identify((await tokens.ensureOperator()).token);
    assert.deepEqual(operator, { person: 'operator', roles: ['implementation-wrangler'] });
  });

  it('who is no longer configured is nobody', async () => {
    const identity = createIdentity({ tokens, config: aConfig() });
    assert.equal(await identity.identify(await tokens.issue('zoe')), undefined);
    assert.equal(await identity.identify(await tokens.issue('constructor')), undefined);
  });

  for (const [header, basic, token] of [
    ['Bearer abc', false, 'abc'],
    ['bearer  abc', false, 'abc'],
    ['Basic bWU6YWJj', true, 'abc'],
    ['Basic bWU6YTpi', true, 'a:b'],
    ['Basic bWU6YWJj', false, undefined],
    ['Basic bWU', true, undefined],
    ['abc', true, undefined],
    [undefined, true, undefined],
  ] as const)
    it(`is established by "${header ?? ''}"${basic ? ' in a browser' : ''}: ${token ?? 'not'}`, () =>
      assert.equal(tokenOf(header, basic), token));
});
