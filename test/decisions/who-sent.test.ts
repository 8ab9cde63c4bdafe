import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whoSent } from '../../src/domain/decisions/who-sent.js';

const known = { type: 'jwt', names: { grace: 'grace@example.org' } };
const by = (name: string, type = 'jwt', afterReset = false) => ({ principal: { type, name }, afterReset });

const refused = [
  [
    'who is somebody else',
    'grace',
    by('mallory@example.org'),
    /^it was sent by jwt mallory@example\.org, who is not grace;/,
  ],
  ['whose name is of another kind', 'grace', by('grace@example.org', 'mtls'), /^it was sent by mtls grace@/],
  [
    'of whom the engine says nothing',
    'grace',
    { afterReset: false },
    /^the engine does not say who has sent it: .*enablePrincipalPropagation/,
  ],
  ['where the event is no signal', 'grace', undefined, /^the engine does not say who has sent it/],
  [
    'whose run was reset',
    'grace',
    by('grace@example.org', 'jwt', true),
    /^the workflow was reset, and what is sent again/,
  ],
  ['who has no principal in slipway.yml', 'oscar', by('grace@example.org'), /does not say what the engine calls oscar/],
  [
    'who has a name that every object has',
    'constructor',
    by('grace@example.org'),
    /does not say what the engine calls/,
  ],
] as const;

describe('a signal proves who approves', () => {
  it('by the principal that the engine has authenticated, of that kind and name', () => {
    assert.deepEqual(whoSent('grace', by('grace@example.org'), known), {
      proved: true,
      principal: 'jwt grace@example.org',
    });
  });

  for (const [whom, person, sender, says] of refused)
    it(`and nothing of one ${whom}; a code does`, () => {
      const check = whoSent(person, sender, known);
      assert.ok(!check.proved);
      assert.match(check.reason, says);
      assert.match(check.reason, /add "code" to \{"person": "[a-z]+"\}, as `slipway code` shows it/);
    });

  it('and nothing where slipway.yml does not say that the engine authenticates', () => {
    const check = whoSent('grace', by('grace@example.org'), undefined);
    assert.ok(!check.proved && check.reason.startsWith('slipway.yml does not say that the engine authenticates'));
  });
});
