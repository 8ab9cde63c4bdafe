import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '../../src/config/load.js';
import { formatProblems, shown } from '../../src/config/problems.js';
import { aFile, inFolder, load, problemsOf } from './support.js';

const init = '`slipway init` writes';

describe('a file that is no configuration', () => {
  const files: readonly (readonly [says: string, text: string | Uint8Array, reads: string | RegExp])[] = [
    [
      'an empty file',
      '',
      `slipway.yml:1:1 met an empty file; wanted people, environments and services; ${init} a file to start from`,
    ],
    ['only comments', '# nothing\n\n# yet\n', /^slipway\.yml:1:1 met an empty file; /],
    ['a text', 'hello', 'slipway.yml:1:1 met "hello"; wanted settings, as key: value'],
    ['a list', '- a\n- b', 'slipway.yml:1:1 met ["a","b"]; wanted settings, as key: value'],
    [
      'a bracket left open',
      'people: [a',
      /^slipway\.yml:1:11 met "people: \[a"; wanted valid YAML 1\.2: Flow sequence .* end with a \]$/,
    ],
    [
      'a tab',
      'people:\n\talice: {}',
      /^slipway\.yml:2:1 met "alice: \{\}"; wanted valid YAML 1\.2: Tabs are not allowed/,
    ],
    ['two documents', '---\na: 1\n---\nb: 2', 'slipway.yml:3:1 met "---"; wanted valid YAML 1.2: one document'],
    ['a type of its own', 'people: !!set { a }', /wanted valid YAML 1\.2: Unresolved tag/],
    [
      'bytes that are not UTF-8',
      Uint8Array.of(0x61, 0xff),
      'slipway.yml:1:1 met bytes that are not UTF-8; wanted text in UTF-8',
    ],
    ['more than a megabyte', '#'.repeat(1_000_001), 'slipway.yml:1:1 met 1000001 bytes; wanted at most 1000000'],
    ['lists inside lists without end', '['.repeat(100_000), /met more than 50 lists and maps inside each other/],
    ['blocks inside blocks without end', '- '.repeat(100_000), /met a line that begins 200 columns deep/],
  ];
  for (const [says, text, reads] of files)
    it(says, async () => {
      const [line = ''] = await problemsOf(text);
      if (typeof reads === 'string') assert.equal(line, reads);
      else assert.match(line, reads);
    });

  it('a missing file', () =>
    inFolder(async (folder) => {
      const loaded = await loadConfig(join(folder, 'slipway.yml'));
      assert.ok(!loaded.ok);
      assert.equal(
        formatProblems(loaded.problems, folder),
        `slipway.yml:1:1 met no such file; wanted a file; ${init} one to start from`,
      );
    }));

  it('a folder', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'slipway.yml'));
      const loaded = await loadConfig(join(folder, 'slipway.yml'));
      assert.ok(!loaded.ok);
      assert.equal(formatProblems(loaded.problems, folder), 'slipway.yml:1:1 met a folder; wanted a file');
    }));
});

describe('what YAML allows and a configuration does not', () => {
  const refused: readonly (readonly [says: string, text: string, reads: string])[] = [
    [
      'a key twice',
      `${aFile()}\npeople: {}`,
      'slipway.yml:10:1 people: met "people" a second time; wanted each key once',
    ],
    [
      'an alias of nothing',
      aFile({ people: '*them' }),
      'slipway.yml:2:9 people: met *them; wanted an anchor &them before it',
    ],
    [
      'an alias of itself',
      aFile({ service: 'environments: { dev: &dev { strategy: *dev } }' }),
      'slipway.yml:9:43 services.shop.environments.dev.strategy: met *dev; wanted an alias of something it is no part of',
    ],
    [
      'a list as a key',
      aFile({ people: '{ [a]: {} }' }),
      'slipway.yml:2:11 people["?"]: met a key that is no word; wanted a word',
    ],
  ];
  for (const [says, text, reads] of refused)
    it(says, async () => assert.ok((await problemsOf(text)).includes(reads), (await problemsOf(text)).join('\n')));

  it('aliases of aliases do not grow beyond bounds', async () => {
    const level = (n: number) =>
      `l${n}: &l${n} [${Array(9)
        .fill(`*l${n - 1}`)
        .join(', ')}]`;
    const bomb = ['l0: &l0 [x, x, x]', ...Array.from({ length: 12 }, (_, n) => level(n + 1))].join('\n');
    assert.ok((await problemsOf(bomb)).includes('slipway.yml:1:1 met more than 100 aliases; wanted fewer, or none'));
  });
});

describe('a problem', () => {
  it('tells its parts', async () => {
    const loaded = await load(aFile({ profile: 'dem' }));
    assert.ok(!loaded.ok);
    assert.deepEqual(loaded.problems, [
      {
        file: join(loaded.folder, 'slipway.yml'),
        line: 1,
        column: 10,
        path: 'profile',
        met: '"dem"',
        wanted: 'spec-0701, demo',
        message: 'profile: met "dem"; possible: spec-0701, demo. Did you mean demo?',
      },
    ]);
  });

  it('shows at most 80 characters of what was met', () => {
    assert.equal(shown('x'.repeat(200)).length, 80);
    assert.equal(shown('x'.repeat(78)).length, 80);
    assert.equal(shown('short'), '"short"');
  });
});

describe('whatever the file holds', () => {
  const words = [
    'people',
    'environments',
    'services',
    'shop',
    'strategy',
    'kind',
    'canary',
    'tier',
    '15m',
    '5%',
    '__proto__',
  ];
  const marks = [
    '{',
    '}',
    '[',
    ']',
    ': ',
    ', ',
    '- ',
    '\n',
    '\n  ',
    '\n    ',
    '&a ',
    '*a',
    '"',
    "'",
    '|',
    '#',
    '!!x ',
    '? ',
    '~',
    '<<',
  ];
  const pieces = fc.array(fc.constantFrom(...words, ...marks), { maxLength: 60 }).map((list) => list.join(''));

  const answers = (text: fc.Arbitrary<string>): Promise<void> =>
    inFolder(async (folder) => {
      const file = join(folder, 'slipway.yml');
      const property = fc.asyncProperty(text, async (written) => {
        await writeFile(file, written);
        const loaded = await loadConfig(file);
        assert.ok(loaded.ok || loaded.problems.length > 0);
        if (!loaded.ok) assert.ok(loaded.problems.every((p) => p.line >= 1 && p.column >= 1 && p.message !== ''));
      });
      await fc.assert(property, { numRuns: 300 });
    });

  it('any text is answered', () => answers(fc.string({ unit: 'binary', maxLength: 300 })));
  it('any words and marks of YAML are answered', () => answers(pieces));
  it('a valid file with anything put into it is answered', () => {
    const valid = aFile({ service: 'strategy: { kind: canary }\nenvironments: { dev: { port: 8100 } }' });
    const spoiled = fc.tuple(fc.nat(valid.length), fc.nat(20), pieces).map(([at, gone, put]) => {
      return valid.slice(0, at) + put + valid.slice(at + gone);
    });
    return answers(spoiled);
  });
  it('any value in the place of a setting is answered', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const at = fc.constantFrom('people', 'environments', 'services', 'profile', 'version');
    return answers(fc.tuple(at, value).map(([key, put]) => JSON.stringify({ services: { shop: put }, [key]: put })));
  });
});
