import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSources } from '../../src/adapters/build/sources.js';
import { Refused, type FailureCode } from '../../src/domain/failure.js';
import { aConfig, aRepository, temporaryDirectory } from './repository.js';

const repository = aRepository();
const first = repository.commit({ 'a.txt': 'one' });
repository.git('tag', 'v1.0.0');
const second = repository.commit({ 'a.txt': 'two' });
repository.git('tag', '--annotate', '--message', 'second', 'v1.1.0-rc.1');
repository.git('tag', '--annotate', '--message', 'second', 'v1.1.0');
repository.git('tag', 'stable', first);
repository.git('branch', 'stable', second);
const third = repository.commit({ 'a.txt': 'three' });
repository.git('branch', 'feature/vouchers');

const directory = temporaryDirectory();
const sources = createSources({
  config: aConfig({ repository: repository.path }),
  directory,
  variables: process.env,
});

const resolve = (ref: string, version?: string) =>
  sources.resolve({ service: 'shop', ref, ...(version !== undefined && { version }) });

const refused = (code: FailureCode, words: RegExp) => (fault: unknown) => {
  assert(fault instanceof Refused, String(fault));
  assert.equal(fault.code, code);
  assert.match(fault.message, words);
  return true;
};

describe('what a person means by a reference', () => {
  it('a version tag names its commit and its version', async () => {
    assert.deepEqual(await resolve('v1.0.0'), { commit: first, version: '1.0.0' });
    assert.deepEqual(await resolve('1.0.0'), { commit: first, version: '1.0.0' });
    assert.deepEqual(await resolve('refs/tags/v1.0.0'), { commit: first, version: '1.0.0' });
  });

  it('an annotated tag names the commit it points at, not itself', async () => {
    assert.equal((await resolve('v1.1.0')).commit, second);
  });

  it('of several version tags on a commit, the one asked for counts, else the highest', async () => {
    assert.equal((await resolve('v1.1.0-rc.1')).version, '1.1.0-rc.1');
    assert.equal((await resolve(second)).version, '1.1.0');
  });

  it('a commit may be shortened, and a branch means its last commit', async () => {
    assert.deepEqual(await resolve(first.slice(0, 10)), { commit: first, version: '1.0.0' });
    assert.deepEqual(await resolve('feature/vouchers', 'v1.2.0'), { commit: third, version: '1.2.0' });
  });

  it('what was pushed since the last look is found', async () => {
    const fresh = aRepository();
    const fetching = createSources({ config: aConfig({ repository: fresh.path }), directory, variables: process.env });
    const ask = { service: 'shop', ref: 'main', version: '1.0.0' };
    const before = fresh.commit({ 'a.txt': 'one' });
    assert.equal((await fetching.resolve(ask)).commit, before);
    const later = fresh.commit({ 'a.txt': 'two' });
    assert.equal((await fetching.resolve(ask)).commit, later);
  });

  it('two looks at once do not stand in each other’s way', async () => {
    const both = await Promise.all([resolve('v1.0.0'), resolve('v1.1.0')]);
    assert.deepEqual(
      both.map((revision) => revision.commit),
      [first, second],
    );
  });
});

describe('what is refused', () => {
  it('an unknown service names the known ones', async () => {
    const ask = sources.resolve({ service: 'shopp', ref: 'v1.0.0' });
    await assert.rejects(ask, refused('not-found', /"shopp" is not configured; known: shop/));
    await assert.rejects(
      sources.resolve({ service: 'constructor', ref: 'v1.0.0' }),
      refused('not-found', /known: shop/),
    );
  });

  it('an unknown reference names tags and branches', async () => {
    await assert.rejects(resolve('v9.9.9'), refused('not-found', /tags v1\.1\.0, .*v1\.0\.0; branches .*main/));
    await assert.rejects(resolve('deadbeef'), refused('not-found', /"deadbeef" is no tag, branch or one commit/));
  });

  it('a name that is a tag and a branch of different commits', async () => {
    await assert.rejects(
      resolve('stable', '2.0.0'),
      refused('invalid', /refs\/heads\/stable .* and refs\/tags\/stable/),
    );
    assert.equal((await resolve('refs/heads/stable', '1.1.0')).commit, second);
  });

  for (const ref of ['--upload-pack=touch x', '-n', '', 'a..b', 'a b', 'main@{1}', 'a\nb', ':/fix', 'x'.repeat(201)])
    it(`the reference ${JSON.stringify(ref.slice(0, 24))}`, async () => {
      await assert.rejects(resolve(ref), refused('invalid', /is not a tag, a branch or a commit/));
    });

  it('a commit without a version tag, when no version is given', async () => {
    await assert.rejects(resolve('main'), refused('invalid', /no version tag: give a version, or tag it/));
  });

  it('a version that is not semantic, or carries build metadata of its own', async () => {
    await assert.rejects(resolve('main', '1.2'), refused('invalid', /version "1\.2" is not a semantic version/));
    await assert.rejects(resolve('main', '1.2.0+7'), refused('invalid', /without build metadata/));
  });

  it('a version whose tag points at another commit', async () => {
    await assert.rejects(resolve('main', '1.0.0'), refused('invalid', /1\.0\.0 is taken: tag v1\.0\.0 points at/));
  });

  it('a repository that cannot be read is a fault, and its password is not told', async () => {
    const address = 'file://ada:secret@localhost/nowhere/at-all.git';
    const lost = createSources({ config: aConfig({ repository: address }), directory, variables: process.env });
    await assert.rejects(lost.resolve({ service: 'shop', ref: 'main' }), (fault: unknown) => {
      assert(fault instanceof Error && !(fault instanceof Refused));
      assert.match(fault.message, /cannot be read/);
      assert.doesNotMatch(fault.message, /secret/);
      return true;
    });
  });
});
