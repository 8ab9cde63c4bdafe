import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemorySmoke } from '../../src/adapters/memory/smoke.js';
import { createSmoke } from '../../src/adapters/checks/smoke.js';
import { fail, pass } from '../../src/domain/verdict.js';
import type { Smoke } from '../../src/ports/smoke.js';
import { aConfig, temporaryDirectory } from '../build/repository.js';
import { aDeadAddress, aService } from '../checks/a-service.js';

const check = { kind: 'http', name: 'front page', method: 'GET', path: '/', headers: {}, status: 200 } as const;

const worlds: Readonly<Record<string, () => Smoke>> = {
  HTTP: () => {
    const config = aConfig({ smoke: [check] });
    return createSmoke({ config, directory: temporaryDirectory(), variables: process.env });
  },
  memory: () => {
    const answers = new Set<string>();
    return createMemorySmoke({
      verdict: ({ url }) =>
        url.includes('dead') || answers.has(url)
          ? fail('smoke check "front page": no answer')
          : pass('1 of 1 checks passed'),
    });
  },
};

for (const [world, create] of Object.entries(worlds))
  describe(`smoke checks over ${world}`, () => {
    const run = (url: string) => create().run({ service: 'shop', environment: 'staging', url });

    it('a service that answers passes, with one line for its check', async () => {
      const { verdict, log } = await run(await aService((_, response) => response.end('tea')));
      assert.equal(verdict.kind, 'pass');
      assert.match(log, /^[^\n]*pass "front page"[^\n]*\n$/);
    });

    it('a service that does not answer fails, and the reason names the check', async () => {
      const { verdict, log } = await run(world === 'memory' ? 'http://dead' : await aDeadAddress());
      assert.equal(verdict.kind, 'fail');
      assert.match(verdict.reason, /smoke check "front page": .*no answer/);
      assert.match(log, /fail "front page"/);
    });
  });
