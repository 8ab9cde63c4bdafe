import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundFlags } from '../../activities/plan-flag.js';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';

const about = { description: 'what it is', owner: 'checkout', state: 'ENABLED', defaultVariant: 'on' } as const;

describe('Being off is for a flag', () => {
  const flags = createMemoryFlags({
    production: [
      { ...about, name: 'toggle', variants: { on: true, off: false } },
      { ...about, name: 'shared', variants: { on: true, off: false }, rollout: { on: 10, off: 90 } },
      { ...about, name: 'theme', variants: { dark: 'black', plain: 'white' }, defaultVariant: 'dark' },
      { ...about, name: 'asleep', variants: { on: true, off: false }, state: 'DISABLED' },
    ],
  });
  const rows = [
    ['toggle', { state: 'ENABLED', defaultVariant: 'off' }],
    ['shared', { state: 'ENABLED', defaultVariant: 'off' }],
    ['theme', { state: 'DISABLED', defaultVariant: 'dark' }],
    ['asleep', { state: 'DISABLED', defaultVariant: 'on' }],
  ] as const;
  for (const [flag, off] of rows)
    it(`${flag}: ${off.state === 'DISABLED' ? 'to be disabled' : 'its variant off, for everybody'}`, async () => {
      assert.deepEqual(await boundFlags({ flags }, { environment: 'production', names: [flag] }), [{ flag, off }]);
    });

  it('that is not there nothing: a plan is refused, with the flags that are', async () => {
    await assert.rejects(boundFlags({ flags }, { environment: 'production', names: ['gone'] }), {
      code: 'not-found',
      message: /there is no flag "gone" in production; known in memory: toggle, shared, theme, asleep/,
    });
  });
});
