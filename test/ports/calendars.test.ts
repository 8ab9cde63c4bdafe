import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createCalendars } from '../../src/adapters/governance/calendars.js';
import { createMemoryCalendars } from '../../src/adapters/memory/calendars.js';
import { loadConfig } from '../../src/config/load.js';
import type { Calendar } from '../../src/domain/calendar.js';
import type { Calendars } from '../../src/ports/calendars.js';
import { aFile } from '../config/support.js';

interface World {
  readonly calendars: Calendars;
  /** Writes down freezes of production, each for the services that it names. */
  readonly freeze: (freezes: Readonly<Record<string, string | undefined>>) => Promise<void>;
}

const place = { service: 'shop', environment: 'production' };
const times = { kind: 'once', from: '2026-12-18T00:00', to: '2027-01-04T08:00', zone: 'UTC' } as const;

/** What every source of calendars must do. */
function calendarsSuite(name: string, open: () => Promise<World>): void {
  describe(`calendars: ${name}`, async () => {
    const { calendars, freeze } = await open();
    const names = async () => (await calendars.read(place)).freezes.map((one) => one.name);

    it('know nothing where nothing is written', async () => {
      assert.deepEqual(await calendars.read(place), { windows: [], freezes: [], exceptions: [] });
      assert.deepEqual(await calendars.read({ ...place, environment: 'elsewhere' }), {
        windows: [],
        freezes: [],
        exceptions: [],
      });
    });

    it('are as they are written at the moment, and only what concerns the service', async () => {
      await freeze({ sale: undefined, mails: 'mail', shops: 'shop' });
      assert.deepEqual(await names(), ['sale', 'shops']);
      await freeze({ sale: undefined });
      assert.deepEqual(await names(), ['sale']);
    });
  });
}

calendarsSuite('in memory', () => {
  const calendars = createMemoryCalendars();
  const freeze = (of: Readonly<Record<string, string | undefined>>): Promise<void> => {
    const freezes = Object.entries(of).map(([name, service]) => ({
      ...{ name, times, reason: 'sales' },
      ...(service !== undefined && { services: [service] }),
    }));
    calendars.of.set('production', { windows: [], freezes, exceptions: [] } satisfies Calendar);
    return Promise.resolve();
  };
  return Promise.resolve({ calendars, freeze });
});

const openFile = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'slipway.yml');
  let second = 0;
  const write = async (more: string): Promise<void> => {
    const mail =
      '  mail: { repository: ../mail, process: { run: node mail.js }, smoke: [{ name: up, get: /healthz }] }';
    await writeFile(file, `${aFile()}\n${mail}\n${more}`);
    second += 1;
    await utimes(file, 1_000_000 + second, 1_000_000 + second);
  };
  await write('');
  const loaded = await loadConfig(file);
  assert.ok(loaded.ok);
  return { calendars: createCalendars({ config: loaded.config }), write };
};

const written = (of: Readonly<Record<string, string | undefined>>): string => {
  const span = '{ from: 2026-12-18T00:00, to: 2027-01-04T08:00, zone: UTC }';
  const each = Object.entries(of).map(
    ([name, service]) =>
      `${name}: { times: ${span}, reason: sales${service === undefined ? '' : `, services: [${service}]`} }`,
  );
  return `freezes: { ${each.join(', ')} }`;
};

calendarsSuite('slipway.yml', async () => {
  const { calendars, write } = await openFile();
  return { calendars, freeze: (of) => write(written(of)) };
});

describe('calendars: a slipway.yml that makes no sense at the moment', () => {
  it('leaves standing what was read before', async () => {
    const { calendars, write } = await openFile();
    await write(written({ sale: undefined }));
    assert.equal((await calendars.read(place)).freezes.length, 1);
    await write('freezes: { sale: { times: { from: soon } } }');
    assert.equal((await calendars.read(place)).freezes.length, 1);
    await write('');
    assert.equal((await calendars.read(place)).freezes.length, 0);
  });
});
