import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refused } from '../../src/domain/failure.js';
import type { FailureCode } from '../../src/domain/failure.js';
import type { FlagDefinition, FlagSetting, FlagTo } from '../../src/domain/flag.js';
import type { Flags } from '../../src/ports/flags.js';

/** A store of flags that holds `theFlags` in every environment. */
export interface OpenedFlags {
  readonly flags: Flags;
  readonly close: () => Promise<void>;
}

const about = { description: 'how orders are paid', owner: 'checkout', service: 'shop' };

export const theFlags: readonly FlagDefinition[] = [
  { ...about, name: 'new-checkout', variants: { on: true, off: false }, state: 'ENABLED', defaultVariant: 'off' },
  {
    ...about,
    name: 'theme',
    variants: { plain: 'p', dark: 'd', bright: 'b' },
    state: 'ENABLED',
    defaultVariant: 'plain',
    rollout: { plain: 50, dark: 50 },
  },
];

const on: FlagTo = { kind: 'variant', variant: 'on' };
const isOff: FlagSetting = { state: 'ENABLED', defaultVariant: 'off' };
const isOn: FlagSetting = { state: 'ENABLED', defaultVariant: 'on' };

/** What every store of flags must do, wherever it keeps them. */
export function flagsSuite(name: string, open: () => Promise<OpenedFlags>): void {
  const flags = (sentence: string, story: (flags: Flags) => Promise<void>): void => {
    it(sentence, async () => {
      const store = await open();
      try {
        await story(store.flags);
      } finally {
        await store.close();
      }
    });
  };
  const fence = (step = '1', generation = 1, run = 'run') => ({ key: `${run}/${generation}/${step}`, generation });
  const setting = async (store: Flags, flag: string, environment = 'production'): Promise<FlagSetting> => {
    const found = (await store.read(environment)).flags.find((one) => one.name === flag);
    assert.ok(found);
    const { state, defaultVariant, rollout } = found;
    return { state, defaultVariant, ...(rollout && { rollout }) };
  };
  const set = (store: Flags, to: FlagTo, more: Partial<Parameters<Flags['set']>[0]> = {}) =>
    store.set({ environment: 'production', flag: 'new-checkout', to, fence: fence(), ...more });

  describe(`flags: ${name}`, () => {
    flags('are read as they are defined', async (store) => {
      assert.deepEqual((await store.read('production')).flags, theFlags);
    });

    flags('are remembered as their latest change has left them, each environment for itself', async (store) => {
      assert.deepEqual(await store.recorded('production'), {});
      await set(store, on);
      await set(store, { kind: 'variant', variant: 'off' }, { fence: fence('2') });
      assert.deepEqual(await store.recorded('production'), { 'new-checkout': isOff });
      assert.deepEqual(await store.recorded('staging'), {});
    });

    flags('are set, read back, and answered with before and after', async (store) => {
      const { before, after, changed } = await set(store, on);
      assert.deepEqual([before, after, changed], [isOff, isOn, true]);
      assert.deepEqual(await setting(store, 'new-checkout'), isOn);
    });

    flags('hold in each environment by themselves', async (store) => {
      await set(store, on);
      assert.deepEqual(await setting(store, 'new-checkout', 'dev'), isOff);
    });

    flags('take shares in the order of the variants, and go back to exactly what they were', async (store) => {
      const to: FlagTo = { kind: 'rollout', rollout: { bright: 12.5, plain: 87.5, dark: 0 } };
      const there = await set(store, to, { flag: 'theme' });
      assert.deepEqual(Object.entries(there.after.rollout ?? {}), [
        ['plain', 87.5],
        ['bright', 12.5],
      ]);
      await set(store, { kind: 'setting', setting: there.before }, { flag: 'theme', fence: fence('back', 2) });
      assert.deepEqual(await setting(store, 'theme'), there.before);
    });

    flags('all shares for the default are the default', async (store) => {
      const { after } = await set(store, { kind: 'rollout', rollout: { dark: 0, plain: 100 } }, { flag: 'theme' });
      assert.deepEqual(after, { state: 'ENABLED', defaultVariant: 'plain' });
    });

    flags('a variant is given to everybody, whatever the shares were', async (store) => {
      await set(store, { kind: 'variant', variant: 'dark' }, { flag: 'theme' });
      assert.deepEqual(await setting(store, 'theme'), { state: 'ENABLED', defaultVariant: 'dark' });
    });

    flags('are disabled and enabled again without losing what was set', async (store) => {
      const { before } = await set(store, { kind: 'state', state: 'DISABLED' }, { flag: 'theme' });
      assert.equal((await setting(store, 'theme')).state, 'DISABLED');
      await set(store, { kind: 'state', state: 'ENABLED' }, { flag: 'theme', fence: fence('2') });
      assert.deepEqual(await setting(store, 'theme'), before);
    });

    flags('a setting that changes nothing says so', async (store) => {
      const { before, after, changed } = await set(store, { kind: 'variant', variant: 'off' });
      assert.deepEqual([before, after, changed], [isOff, isOff, false]);
    });

    flags('the same key is answered as the first time, and does nothing again', async (store) => {
      const first = await set(store, on);
      await set(store, { kind: 'variant', variant: 'off' }, { fence: fence('1', 1, 'other') });
      assert.deepEqual(await set(store, on), first);
      assert.deepEqual(await setting(store, 'new-checkout'), isOff);
    });

    flags('two at the same moment are one after the other', async (store) => {
      const [a, b] = await Promise.all([
        set(store, on),
        set(store, { kind: 'state', state: 'DISABLED' }, { fence: fence('1', 1, 'other') }),
      ]);
      assert.deepEqual(b.before, a.after);
    });

    flags('what is not as expected is not touched; what is as wanted already is', async (store) => {
      await set(store, on);
      await refused(
        set(store, on, { expected: { state: 'DISABLED', defaultVariant: 'off' }, fence: fence('2') }),
        false,
      );
      await refused(
        set(
          store,
          { kind: 'variant', variant: 'off' },
          { expected: { ...isOff, state: 'DISABLED' }, fence: fence('3') },
        ),
        'moved-by-others',
        /new-checkout in production is on; this change was made for disabled/,
      );
      assert.deepEqual(await setting(store, 'new-checkout'), isOn);
    });

    flags('a step that comes after the way back of its run is refused', async (store) => {
      await set(store, { kind: 'setting', setting: isOff }, { fence: fence('1-back', 2) });
      await refused(set(store, on), 'superseded', /generation 1/);
      await set(store, on, { fence: fence('1', 1, 'another-run') });
    });

    flags('an unknown flag is refused with the known ones', async (store) => {
      await refused(set(store, on, { flag: 'new-chekout' }), 'not-found', /new-chekout.*new-checkout, theme/);
    });

    flags('an unknown variant and shares that are no whole are refused with what is possible', async (store) => {
      await refused(set(store, { kind: 'variant', variant: 'red' }), 'invalid', /met "red"; wanted one of on, off/);
      await refused(
        set(store, { kind: 'rollout', rollout: { on: 5, off: 90 } }),
        'invalid',
        /met 95 % together; wanted 100 %/,
      );
    });
  });
}

/** Refused with this code; `false` where it must not be. */
async function refused(work: Promise<unknown>, code: FailureCode | false, says = /./): Promise<void> {
  const fault = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (code === false) {
    assert.equal(fault, undefined);
    return;
  }
  assert.ok(fault instanceof Refused, `refused as ${code}`);
  assert.equal(fault.code, code);
  assert.match(fault.message, says);
}
