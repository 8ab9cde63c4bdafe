import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Logger } from 'pino';
import { createLogger } from '../../src/logger.js';
import { inFolder } from './support.js';

function lines(say: (log: Logger) => void): readonly Record<string, unknown>[] {
  const written: string[] = [];
  say(createLogger({ name: 'test', level: 'info', destination: { write: (line) => written.push(line) } }));
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is a line of JSON with the time in UTC, the level as a word and the facts in fields', () => {
    const [line] = lines((log) => {
      log.debug('not asked for');
      log.info({ releaseId: 'release/shop/change-20261124-01' }, 'release begun');
    });
    assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { level, name, msg, releaseId } = line as Record<string, unknown>;
    assert.deepEqual(
      { level, name, msg, releaseId },
      { level: 'info', name: 'test', msg: 'release begun', releaseId: 'release/shop/change-20261124-01' },
    );
  });

  it('never holds a secret', () => {
    const secret = 'c2VjcmV0LTE';
    const told = lines((log) => {
      log.info({ token: secret, req: { headers: { authorization: `Bearer ${secret}`, cookie: secret } } }, 'asked');
      log.info({ a: { b: { c: { token: secret, password: secret, 'set-cookie': secret } } } }, 'deep');
      log.info({ headers: { Authorization: secret, 'set-cookie': [secret] }, secret, apiKey: secret }, 'flat');
      log.warn(`refused: Bearer ${secret}`);
      log.child({ token: secret }).error({ err: new Error(`authorization: bearer ${secret}`) }, 'failed');
    });
    assert.equal(told.length, 5);
    assert.ok(!JSON.stringify(told).includes(secret), JSON.stringify(told, undefined, 1));
  });

  it('is written to a file, whose folder is made', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'logs', 'slipway.log');
      createLogger({ name: 'test', level: 'info', destination: file }).info('started');
      assert.match(await readFile(file, 'utf8'), /"msg":"started"/);
    }));
});
