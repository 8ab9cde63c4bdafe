import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createFeatures, featuresPath, ownFeaturesPath } from '../../src/adapters/flags/features.js';
import { startingFeatures } from '../../src/config/features-template.js';
import { Refused } from '../../src/domain/failure.js';
import type { FlagTo } from '../../src/domain/flag.js';
import { aGovernance } from '../support/a-governance.js';

const commented = `# Our flags. Whoever changes one says why.
flags:
  # The checkout of 2026.
  new-checkout:
    description: one page instead of three
    owner: checkout # ask them first
    service: shop

    on: false # goes on with 1.4.0
    rollout: { on: 0, off: 100 } # by customer

  theme: # three of them
    description: colours
    owner: design
    variants:
      plain: 'p' # what everybody knows
      dark: 'd'
    default-variant: plain
    targeting: { if: [{ ends_with: [{ var: email }, '@example.com'] }, dark, null] }
# Nothing of this may come back.
retired: [old-checkout]
`;

let there: Awaited<ReturnType<typeof aGovernance>>;
beforeEach(async () => {
  there = await aGovernance();
});
afterEach(() => there.close());

let count = 0;
const on: FlagTo = { kind: 'variant', variant: 'on' };
const set = (to: FlagTo, flag = 'new-checkout', environment = 'production') =>
  createFeatures({ config: there.config }).set({
    environment,
    flag,
    to,
    fence: { key: `run-${++count}/1/1`, generation: 1 },
  });

const comments = (text: string): readonly string[] => text.match(/#.*$/gm) ?? [];

/** The lines a person would read; none where the file makes sense. */
async function problemsOf(text: string, path = featuresPath): Promise<readonly string[]> {
  await there.write(path, text);
  try {
    await createFeatures({ config: there.config }).read('production');
    return [];
  } catch (fault) {
    assert.ok(fault instanceof Refused && fault.code === 'invalid');
    return fault.message.replaceAll(`${there.directory}/`, '').split('\n');
  }
}

describe('a features file that is changed', () => {
  it('keeps every comment, whatever is set', async () => {
    await there.write(featuresPath, commented);
    await set(on);
    await set({ kind: 'rollout', rollout: { on: 25, off: 75 } });
    await set({ kind: 'state', state: 'DISABLED' });
    await set({ kind: 'variant', variant: 'dark' }, 'theme');
    const text = await there.read(featuresPath);
    assert.deepEqual(comments(text), comments(commented));
    assert.match(text, /environments:\n +production: \{ on: true, rollout: \{ on: 25, off: 75 \}, state: DISABLED \}/);
    assert.match(text, /production: \{ default-variant: dark \}/);
  });

  it('of an environment’s own is changed in its place, and the common one is left alone', async () => {
    await there.write(featuresPath, commented);
    await there.write(ownFeaturesPath('production'), commented);
    const { path } = await set(on);
    assert.equal(path, 'method/config/features.production.yml');
    assert.equal(await there.read(featuresPath), commented);
    assert.equal(
      await there.read(path),
      commented.replace('on: false #', 'on: true #').replace('{ on: 0, off: 100 }', '{ on: 100, off: 0 }'),
      'not a letter more than was to be said',
    );
  });

  it('keeps its line ends', async () => {
    await there.write(featuresPath, commented.replaceAll('\n', '\r\n'));
    await set(on);
    assert.doesNotMatch(await there.read(featuresPath), /[^\r]\n/);
  });

  it('is changed on top of what a person has just written', async () => {
    await there.write(featuresPath, commented);
    const features = createFeatures({ config: there.config });
    await features.read('production');
    await there.write(featuresPath, commented.replace('colours', 'all colours'));
    await features.set({
      environment: 'dev',
      flag: 'theme',
      to: { kind: 'variant', variant: 'dark' },
      fence: { key: 'r/1/1', generation: 1 },
    });
    assert.match(await there.read(featuresPath), /all colours/);
  });

  it('that makes no sense is not changed', async () => {
    await there.write(featuresPath, `${commented}more: [\n`);
    await assert.rejects(set(on), { code: 'invalid' });
    assert.equal(await there.read(featuresPath), `${commented}more: [\n`);
  });

  it('where none is: nothing is there to be set, and it says where flags are written', async () => {
    await assert.rejects(set(on), { code: 'not-found', message: /known in method\/config\/features.yml: none/ });
  });
});

describe('a writer that dies', () => {
  for (const dying of ['intent', 'file', 'done'])
    it(`before ${dying}: the repetition sets it once, and knows what was before`, async () => {
      await there.write(featuresPath, commented);
      const ask = { environment: 'production', flag: 'new-checkout', to: on, fence: { key: 'run/1/1', generation: 1 } };
      const dies = createFeatures({
        config: there.config,
        reached: (step) => {
          if (step === dying) throw new Error('killed');
        },
      });
      await assert.rejects(dies.set(ask), /killed/);
      const { before, after, changed } = await createFeatures({ config: there.config }).set(ask);
      assert.deepEqual([before.defaultVariant, after.defaultVariant, changed], ['off', 'on', true]);
    });
});

describe('a features file that makes no sense is refused, all of it at once, with the place', () => {
  it('names every problem of the file', async () => {
    assert.deepEqual(
      await problemsOf(`flags:
  new-checkout: { description: d, owner: o, on: yes, rolout: { on: 5 } }
  theme:
    description: d
    owner: o
    service: shp
    variants: { plain: p, dark: 1 }
    default-variant: drak
    rollout: { plain: 50, dark: 40 }
    environments: { prod: { default-variant: plain } }
  old: { description: d, owner: o, on: true }
retired: [old]
`),
      [
        'method/config/features.yml:2:49 flags.new-checkout.on: met "yes"; wanted true or false',
        'method/config/features.yml:2:54 flags.new-checkout.rolout: met the unknown key "rolout"; possible: description, owner, service, on, state, default-variant, rollout, variants, targeting, expires, environments. Did you mean rollout?',
        'method/config/features.yml:6:14 flags.theme.service: met "shp"; possible: shop, cart. Did you mean shop?',
        'method/config/features.yml:7:33 flags.theme.variants.dark: met 1; wanted a value like that of plain: all variants of a flag are of one type',
        'method/config/features.yml:8:22 flags.theme.default-variant: met "drak"; possible: plain, dark. Did you mean dark?',
        'method/config/features.yml:9:14 flags.theme.rollout: met 90 % together; wanted 100 % together',
        'method/config/features.yml:10:21 flags.theme.environments.prod: met the unknown environment prod; possible: dev, staging, production',
        'method/config/features.yml:11:3 flags.old: met the retired name "old"; wanted a name that no code can still ask for: one that is not among the retired',
      ],
    );
  });

  const flag = (text: string): string => `flags:\n  f: { description: d, owner: o, ${text} }\n`;
  const rows: readonly (readonly [string, string, RegExp])[] = [
    [
      'neither on nor variants',
      'flags:\n  f: { description: d, owner: o }\n',
      /2:3 flags\.f: .*on: true or false, or variants/,
    ],
    ['no owner', 'flags:\n  f: { description: d, on: true }\n', /2:3 flags\.f\.owner: met nothing; wanted text/],
    [
      'on beside variants',
      flag('on: true, variants: { a: 1 }, default-variant: a'),
      /flags\.f\.on: met true; wanted default-variant: one of a/,
    ],
    [
      'a default without variants',
      flag('default-variant: on'),
      /flags\.f\.default-variant: .*wanted on: true or false/,
    ],
    ['variants without a default', flag('variants: { a: 1 }'), /flags\.f: .*a default-variant beside its variants/],
    [
      'a share of nobody',
      flag('on: true, rollout: { blue: 100 }'),
      /flags\.f\.rollout: met "blue"; wanted one of on, off/,
    ],
    ['a share below zero', flag('on: true, rollout: { on: -5, off: 105 }'), /rollout\.on: met -5; wanted per cent/],
    [
      'targeting of nobody',
      flag('on: true, targeting: { if: [{ var: x }, blue, off] }'),
      /flags\.f\.targeting: met the variant "blue"; possible: on, off/,
    ],
    [
      'targeting nobody reads',
      flag('on: true, targeting: { iff: [1] }'),
      /targeting: .*wanted JsonLogic that flagd can read/,
    ],
    ['targeting that is text', flag('on: true, targeting: everybody'), /targeting: met "everybody"; wanted JsonLogic/],
    ['a day that is none', flag('on: true, expires: 2026-02-31'), /expires: met "2026-02-31"; wanted a day/],
    ['another state', flag('on: true, state: on'), /state: met "on"; possible: ENABLED, DISABLED/],
    [
      'a name every object has',
      'flags:\n  constructor: { description: d, owner: o, on: true }\n',
      /flags\.constructor: .*JavaScript/,
    ],
    [
      'a flag twice',
      `${flag('on: true')}  f: { description: d, owner: o, on: false }\n`,
      /3:3 flags\.f: met "f" a second time; wanted each key once/,
    ],
    ['broken YAML', 'flags: [', /1:\d+ met .*wanted valid YAML/],
    ['a list of flags', 'flags: [a]', /flags: met \["a"\]; wanted settings/],
  ];
  for (const [what, text, says] of rows)
    it(what, async () => {
      const problems = await problemsOf(text);
      assert.ok(
        problems.some((line) => says.test(line)),
        problems.join('\n'),
      );
    });

  it('but the file of an environment stands for itself', async () => {
    await there.write(featuresPath, 'flags: [');
    assert.deepEqual(await problemsOf(commented, ownFeaturesPath('production')), []);
  });

  it('and the one that slipway init writes is none of it, nor with every example in its comments made a setting', async () => {
    assert.deepEqual(await problemsOf(startingFeatures()), []);
    const examples = /^( +)# (?= {0,2}[a-z-]+:)/gm;
    const lived = startingFeatures()
      .replace(/^ {2}# {3}/gm, '    ')
      .replace(examples, '$1');
    assert.deepEqual(await problemsOf(lived), []);
    const { flags } = await createFeatures({ config: there.config }).read('dev');
    assert.deepEqual(
      flags.map(({ name, state, rollout }) => [name, state, rollout]),
      [
        ['example-toggle', 'ENABLED', undefined],
        ['example-variants', 'ENABLED', { classic: 90, express: 10 }],
      ],
    );
  });

  it('and an empty one is none of it', async () => assert.deepEqual(await problemsOf('# nothing yet\n'), []));
});
