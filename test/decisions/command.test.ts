import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Command,
  type CommandKind,
  type CommandRecord,
  type Phase,
  precedence,
  ruleOn,
  type Situation,
} from '../../src/domain/command.js';
import { after } from '../../src/domain/duration.js';
import { tuesday } from '../support/orders.js';

const phases: readonly Phase[] = [
  'preparing',
  'stepping',
  'observing',
  'adopting',
  'held',
  'going-back',
  'stuck',
  'closing',
];

/** `+` is followed, `=` changes nothing, `-` is refused; one column a phase, in the order above. */
const table: Readonly<Record<CommandKind, string>> = {
  rollback: '+ + + + + = = -',
  abort: '+ + + - + - - -',
  pause: '+ + + - = - - -',
  resume: '- - - - - - - -',
  promote: '- - + - - - - -',
  skip: '- - + - - - + -',
  retry: '- - - - + - + -',
  'take-over': '- - - - + - + -',
  snooze: '- + + + + - - -',
};

const signs = { done: '+', 'nothing-to-do': '=', refused: '-' } as const;

describe('The table of commands and phases', () => {
  for (const [kind, row] of Object.entries(table) as readonly [CommandKind, string][])
    it(`${kind}: ${row}`, () => {
      const met = phases.map((phase) => signs[ruleOn(aCommand(kind), situation(phase), []).outcome]);
      assert.equal(met.join(' '), row);
    });

  it('says what it does, or the rule and the way forward', () => {
    for (const kind of precedence)
      for (const phase of phases) assert.match(ruleOn(aCommand(kind), situation(phase), []).said, /\w+ \w+/);
  });

  it('lets a look be left out, and no effect', () => {
    const stepping = { ...situation('stepping'), step: '02-verify' };
    assert.equal(ruleOn(aCommand('skip'), { ...stepping, looks: true }, []).outcome, 'done');
    assert.match(ruleOn(aCommand('skip'), { ...stepping, looks: false }, []).said, /02-verify changes the world/);
  });

  it('lets full promotion be said before the first observation', () => {
    assert.equal(ruleOn({ ...aCommand('promote'), full: true }, situation('stepping'), []).outcome, 'done');
  });

  it('resumes what is paused, and says so where nothing is', () => {
    assert.equal(ruleOn(aCommand('resume'), { ...situation('stepping'), paused: true }, []).outcome, 'done');
    assert.equal(ruleOn(aCommand('pause'), { ...situation('stepping'), paused: true }, []).outcome, 'nothing-to-do');
  });

  it('lets people pass a window that has seen too little, as far as one command may give', () => {
    const held = { ...situation('held'), step: '04-observe', looks: true, undecided: true };
    assert.deepEqual(ruleOn(aCommand('promote'), held, []), { outcome: 'done', said: '04-observe passes as it is' });
    assert.match(ruleOn({ ...aCommand('promote'), full: true }, held, []).said, /, and no observation follows$/);
    for (const kind of ['rollback', 'abort', 'retry', 'skip', 'take-over', 'snooze'] as const)
      assert.equal(ruleOn(aCommand(kind), held, []).outcome, 'done', kind);
    const far = { ...held, leap: { next: 75, full: 75, atMost: 50 } };
    assert.match(ruleOn(aCommand('promote'), far, []).said, /75 points .*\(blast-radius\): retry, so that a window/);
  });

  it('does not follow a command for another step than is under way', () => {
    const late = { ...aCommand('promote'), step: '04-observe' };
    const ruling = ruleOn(late, { ...situation('observing'), step: '06-observe' }, []);
    assert.deepEqual(ruling, { outcome: 'refused', said: 'step 04-observe is not under way; 06-observe is' });
  });

  it('refuses going back after the point of no return, with the reason', () => {
    const noReturn = 'the migration cannot be taken back: fix forward';
    for (const kind of ['rollback', 'abort'] as const)
      assert.deepEqual(ruleOn(aCommand(kind), { ...situation('observing'), noReturn }, []), {
        outcome: 'refused',
        said: noReturn,
      });
    const adopting = ruleOn(aCommand('rollback'), { ...situation('adopting'), noReturn }, []);
    assert.deepEqual(adopting, { outcome: 'refused', said: noReturn });
  });

  it('asks for a role of those who let it go on, and of nobody who makes it safer', () => {
    const norma = { by: 'norma', roles: [] };
    for (const kind of precedence) {
      const paused = kind === 'resume';
      const phase = kind === 'retry' || kind === 'take-over' ? 'stuck' : 'observing';
      const { outcome } = ruleOn({ ...aCommand(kind), ...norma }, { ...situation(phase), paused }, []);
      assert.equal(outcome, ['rollback', 'abort', 'pause', 'retry'].includes(kind) ? 'done' : 'refused', kind);
    }
  });

  it('takes a double click for one command, and a later one for another', () => {
    const first = recorded(aCommand('promote'), situation('observing'));
    const again = { ...aCommand('promote'), id: 'other', at: after(tuesday, 500) };
    assert.equal(ruleOn(again, situation('observing'), [first]).outcome, 'nothing-to-do');
    const later = { ...again, at: after(tuesday, 5_000) };
    assert.equal(ruleOn(later, situation('observing'), [first]).outcome, 'done');
  });
});

describe('Commands that arrive at the same moment', () => {
  const kinds = fc.constantFrom(...precedence);
  const start = fc.constantFrom<Phase>('preparing', 'stepping', 'observing', 'held', 'stuck');

  it('end the same in whatever order two or three of them came: over all interleavings', () => {
    for (const phase of phases)
      for (const a of precedence)
        for (const b of precedence)
          for (const c of [undefined, ...precedence]) {
            const said = [a, b, ...(c ? [c] : [])];
            const ends = permutations(said).map((order) => JSON.stringify(run(phase, order)));
            assert.equal(new Set(ends).size, 1, `${phase}: ${said.join(', ')}`);
          }
  });

  it('go back whenever one of them is a rollback that can be followed, whatever else is said', () => {
    fc.assert(
      fc.property(start, fc.array(kinds, { maxLength: 6 }), (phase, others) => {
        const end = run(
          phase,
          fc.sample(fc.shuffledSubarray([...others, 'rollback'] as const, { minLength: others.length + 1 }), 1)[0] ??
            [],
        );
        return phase === 'stuck' ? end.leave !== 'abort' : end.leave === 'rollback';
      }),
    );
  });

  it('never let it go on once somebody wants out', () => {
    fc.assert(
      fc.property(start, fc.array(kinds, { minLength: 1, maxLength: 8 }), (phase, said) => {
        const end = run(phase, said);
        return end.leave === undefined || !end.wentOn;
      }),
    );
  });
});

/** What a mailbox makes of commands of one moment: heard by precedence, each meeting what the ones before left. */
function run(phase: Phase, said: readonly CommandKind[]): { leave?: string; paused: boolean; wentOn: boolean } {
  let met = situation(phase);
  let leave: string | undefined;
  let wentOn = false;
  const records: CommandRecord[] = [];
  const ordered = said.toSorted((a, b) => precedence.indexOf(a) - precedence.indexOf(b));
  for (const [i, kind] of ordered.entries()) {
    const command = { ...aCommand(kind), id: String(i), by: `person-${i}` };
    const record = recorded(command, met);
    records.push(record);
    if (record.outcome !== 'done') continue;
    if (kind === 'rollback' || kind === 'abort' || kind === 'take-over') {
      leave = kind;
      met = { ...met, phase: kind === 'take-over' ? 'closing' : 'going-back' };
    }
    if (kind === 'pause') met = { ...met, paused: true };
    if (kind === 'resume') met = { ...met, paused: false };
    if (kind === 'promote' || kind === 'skip' || kind === 'retry') wentOn = phase !== 'stuck';
    if (kind === 'promote' || kind === 'skip')
      met = { ...met, phase: met.phase === 'observing' ? 'stepping' : met.phase };
    if (kind === 'retry' || (kind === 'skip' && phase === 'stuck'))
      met = { ...met, phase: phase === 'stuck' ? 'going-back' : 'stepping' };
  }
  return { paused: met.paused, wentOn, ...(leave !== undefined && { leave }) };
}

const permutations = <T>(of: readonly T[]): readonly (readonly T[])[] =>
  of.length <= 1
    ? [of]
    : of.flatMap((one, i) => permutations([...of.slice(0, i), ...of.slice(i + 1)]).map((rest) => [one, ...rest]));

const situation = (phase: Phase): Situation => ({ phase, paused: false, looks: false });

const recorded = (command: Command, met: Situation): CommandRecord => ({ ...command, ...ruleOn(command, met, []) });

const aCommand = (kind: CommandKind): Command => ({
  id: kind,
  kind,
  by: 'alice',
  roles: ['implementation-wrangler'],
  reason: 'why not',
  at: tuesday,
  via: 'http',
  proved: true,
});
