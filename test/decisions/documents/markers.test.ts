import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { marker, withSection } from '../../../src/domain/decisions/documents/markers.js';

const [begin, end] = [marker('begin', 'runbook'), marker('end', 'runbook')];
const renewed = (text: string, section = 'new'): string => {
  const done = withSection(text, 'runbook', section);
  assert.ok(done.kind === 'text', JSON.stringify(done));
  return done.text;
};

describe('A generated part', () => {
  it('takes the place of the one between the markers; what is outside stays letter by letter', () => {
    assert.equal(renewed(`# Ours \n${begin}\nold\n${end}\n\tour end`), `# Ours \n${begin}\n\nnew\n\n${end}\n\tour end`);
  });

  it('goes behind what people wrote where there are no markers yet', () => {
    assert.equal(renewed('# Ours'), `# Ours\n\n${begin}\n\nnew\n\n${end}\n`);
    assert.equal(renewed('# Ours\n'), `# Ours\n\n${begin}\n\nnew\n\n${end}\n`);
  });

  it('has the line ends of its file', () => {
    assert.equal(renewed('# Ours\r\n', 'one\ntwo'), `# Ours\r\n\r\n${begin}\r\n\r\none\r\ntwo\r\n\r\n${end}\r\n`);
  });

  it('is the same when it is made again, whatever stands around it', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((some) => !some.includes('slipway:'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const first = renewed(`${before}\n${begin}\n${end}\n${after}`);
        assert.ok(first.startsWith(`${before}\n`) && first.endsWith(`\n${after}`));
        assert.equal(renewed(first), first);
      }),
    );
  });

  it('is not looked for in the middle of a sentence', () => {
    assert.equal(renewed(`Ours ends at ${end} as said`), `Ours ends at ${end} as said\n\n${begin}\n\nnew\n\n${end}\n`);
  });

  const refused: readonly (readonly [says: string, text: string, line: number, met: string, wanted: RegExp])[] = [
    ['a begin without an end', `one\n${begin}\ntwo`, 2, begin, /<!-- slipway:end runbook --> after it/],
    ['an end without a begin', `one\n\n${end}`, 3, end, /<!-- slipway:begin runbook --> before it/],
    ['an end before its begin', `${end}\n${begin}`, 1, end, /begin runbook --> before it/],
    ['two beginnings', `${begin}\n${begin}\n${end}`, 2, begin, /end runbook --> before another begins/],
    ['two parts', `${begin}\n${end}\n${begin}\n${end}`, 3, begin, /nothing: there is one generated part/],
    [
      'a name written wrongly',
      `one\n${marker('begin', 'runbok')}\n${end}`,
      2,
      marker('begin', 'runbok'),
      /begin runbook/,
    ],
  ];
  for (const [says, text, line, met, wanted] of refused)
    it(`is put nowhere where there is ${says}`, () => {
      const done = withSection(text, 'runbook', 'new');
      assert.ok(done.kind === 'broken');
      assert.deepEqual([done.line, done.met], [line, met]);
      assert.match(done.wanted, wanted);
    });
});
