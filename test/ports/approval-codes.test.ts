import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createApprovalCodes } from '../../src/adapters/identity/approval-codes.js';
import { createMemoryApprovalCodes } from '../../src/adapters/memory/approval-codes.js';
import type { CodeSubject } from '../../src/domain/approval.js';
import type { ApprovalCodes } from '../../src/ports/approval-codes.js';

const subject: CodeSubject = {
  ...{ person: 'grace', changeId: 'change-20261126-01', gate: 'production' },
  ...{ digest: `sha256:${'a'.repeat(64)}`, planHash: `sha256:${'b'.repeat(64)}` },
  expiresAt: '2026-11-27T12:00:00.000Z',
};

/** What every source of codes must do. */
function codesSuite(name: string, open: () => Promise<ApprovalCodes>): void {
  describe(`approval codes: ${name}`, async () => {
    const codes = await open();

    it('are the same for the same thing, and prove it', async () => {
      const code = await codes.codeFor(subject);
      assert.match(code, /^(?:[0-9A-HJKMNP-TV-Z]{3}-){3}[0-9A-HJKMNP-TV-Z]{3}$/);
      assert.equal(await codes.codeFor({ ...subject }), code);
      assert.equal(await codes.isCodeFor(subject, code), true);
    });

    const others: Partial<CodeSubject> = {
      ...{ person: 'oscar', changeId: 'change-20261126-02', gate: 'staging', digest: 'sha256:c', planHash: 'sha256:d' },
      expiresAt: '2026-11-27T12:00:00.001Z',
    };
    for (const [key, value] of Object.entries(others))
      it(`are no code for another ${key}`, async () => {
        const other = { ...subject, [key]: value };
        assert.notEqual(await codes.codeFor(other), await codes.codeFor(subject));
        assert.equal(await codes.isCodeFor(other, await codes.codeFor(subject)), false);
      });

    for (const typed of ['', ' ', 'AAA-AAA-AAA-AAA', 'A'.repeat(100_000), '\0'])
      it(`are not ${JSON.stringify(typed.slice(0, 20))}`, async () => {
        assert.equal(await codes.isCodeFor(subject, typed), false);
      });
  });
}

codesSuite('in memory', () => Promise.resolve(createMemoryApprovalCodes()));

const folder = await mkdtemp(join(tmpdir(), 'slipway-codes-'));
after(() => rm(folder, { recursive: true, force: true }));
codesSuite('of a data folder', () => Promise.resolve(createApprovalCodes({ dataDir: folder })));

describe('approval codes: the key of a data folder', () => {
  it('is made once, by whoever comes first, and is for its own user alone', async () => {
    const dataDir = join(folder, 'shared');
    const made = await Promise.all(Array.from({ length: 8 }, () => createApprovalCodes({ dataDir }).codeFor(subject)));
    assert.equal(new Set(made).size, 1);
    assert.equal((await stat(join(dataDir, 'approval-codes.key'))).mode & 0o777, 0o600);
  });

  it('of another folder makes other codes', async () => {
    const [one, other] = ['one', 'other'].map((name) => createApprovalCodes({ dataDir: join(folder, name) }));
    assert.notEqual(await one?.codeFor(subject), await other?.codeFor(subject));
  });

  it('takes a code as people type it', async () => {
    const codes = createApprovalCodes({ dataDir: folder });
    const code = await codes.codeFor(subject);
    for (const typed of [code.toLowerCase(), code.replace(/-/g, ' '), code.replace(/0/g, 'o').replace(/1/g, 'l')])
      assert.equal(await codes.isCodeFor(subject, typed), true, typed);
  });
});
