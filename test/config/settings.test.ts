import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { readSettings } from '../../src/settings.js';

describe('the settings of a process', () => {
  it('nothing needs to be said', () => {
    assert.deepEqual(readSettings({}), {
      ok: true,
      settings: {
        configFile: resolve('slipway.yml'),
        dataDir: resolve('.slipway'),
        cdEventsSource: '/slipway',
        logLevel: 'info',
        doorHost: '127.0.0.1',
        doorPort: 7070,
        temporalPort: 7233,
        uiPort: 8233,
      },
    });
  });

  it('the data lie beside the configuration, unless said otherwise', () => {
    const at = (env: Record<string, string>) => {
      const read = readSettings(env);
      return read.ok ? read.settings.dataDir : undefined;
    };
    assert.equal(at({ SLIPWAY_CONFIG: '/gov/slipway.yml' }), '/gov/.slipway');
    assert.equal(at({ SLIPWAY_CONFIG: '/gov/slipway.yml', SLIPWAY_DATA: '/data' }), '/data');
  });

  it('a flag goes before a variable, and an empty variable says nothing', () => {
    const read = readSettings(
      {
        SLIPWAY_PORT: '1000',
        SLIPWAY_LOG: '',
        SLIPWAY_URL: 'http://door:7070/',
        SLIPWAY_TOKEN_FILE: 'token',
        TEMPORAL_ADDRESS: '[::1]:7233',
      },
      { doorPort: '0', token: 'secret-1' },
    );
    assert.ok(read.ok);
    const { doorPort, logLevel, url, token, tokenFile, temporalAddress } = read.settings;
    assert.deepEqual(
      { doorPort, logLevel, url, token, tokenFile, temporalAddress },
      {
        doorPort: 0,
        logLevel: 'info',
        url: 'http://door:7070',
        token: 'secret-1',
        tokenFile: undefined,
        temporalAddress: '[::1]:7233',
      },
    );
  });

  it('everything wrong is told at once, and no token is shown', () => {
    const env = {
      SLIPWAY_LOG: 'loud',
      SLIPWAY_URL: 'http://me:secret-1@door',
      SLIPWAY_TOKEN: 'secret-1',
      SLIPWAY_TOKEN_FILE: 'token',
    };
    const read = readSettings({ ...env, TEMPORAL_ADDRESS: 'http://t' }, { uiPort: '99999' });
    assert.ok(!read.ok);
    assert.deepEqual(
      read.problems.map((problem) => problem.message),
      [
        'SLIPWAY_URL: met "http://…@door"; wanted an address such as http://127.0.0.1:7070',
        'TEMPORAL_ADDRESS: met "http://t"; wanted host:port',
        'SLIPWAY_TOKEN_FILE: met a token as well; wanted one of the two',
        'SLIPWAY_LOG: met "loud"; wanted one of trace, debug, info, warn, error, fatal, silent',
        '--ui-port: met "99999"; wanted a port from 0 to 65535',
      ],
    );
  });

  it('mail wants a server, a sender and recipients, and its password is shown nowhere', () => {
    const smtp = (url: string, from: string, to: string) =>
      readSettings({ SLIPWAY_SMTP_URL: url, SLIPWAY_SMTP_FROM: from, SLIPWAY_SMTP_TO: to });
    const read = smtp(
      'smtps://me:secret-1@mail.example.org:465',
      'slipway@example.org',
      'a@example.org, b@example.org',
    );
    assert.deepEqual(read.ok && read.settings.mail, {
      url: 'smtps://me:secret-1@mail.example.org:465',
      from: 'slipway@example.org',
      to: ['a@example.org', 'b@example.org'],
    });
    const wrong = smtp('https://me:secret-1@mail.example.org', '', 'a@example.org b');
    assert.deepEqual(!wrong.ok && wrong.problems.map((problem) => problem.message), [
      'SLIPWAY_SMTP_URL: met "https://…@mail.example.org"; wanted an address such as smtps://user:password@mail.example.org',
      'SLIPWAY_SMTP_TO: met "a@example.org b"; wanted mail addresses with commas between them',
      'SLIPWAY_SMTP_FROM: met nothing; wanted a value, as mail is set',
    ]);
  });
});
