import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeMail } from '../../src/domain/decisions/code-mail.js';
import { anArtifact } from '../support/orders.js';

const mail = codeMail({
  subject: {
    ...{ person: 'grace', changeId: 'change-20261124-01', gate: 'production', digest: anArtifact('1.2.0').digest },
    ...{ planHash: 'sha256:9a1b2c3d4e5f60718293a4b5', expiresAt: '2026-11-25T09:00:00.000Z' },
  },
  code: '7QF-K2M-0XA-9TR',
  what: 'shop 1.2.0',
  workflowId: 'release/shop/change-20261124-01',
  command: 'slipway approve change-20261124-01 --comment "…"',
});

describe('the mail that carries a code', () => {
  it('says in its first line, which servers log, what waits, and nothing of the code', () => {
    assert.equal(mail.split('\n')[0], 'shop 1.2.0 (change-20261124-01) waits for your word in production, grace');
  });

  it('holds what is typed in the Temporal UI, each as JSON, and where', () => {
    const typed = mail.split('\n').filter((line) => line.startsWith('  {'));
    assert.deepEqual(
      typed.map((line) => JSON.parse(line) as unknown),
      [
        { person: 'grace', decision: 'approve', comment: '…', code: '7QF-K2M-0XA-9TR' },
        { person: 'grace', comment: '…', code: '7QF-K2M-0XA-9TR' },
      ],
    );
    assert.match(mail, /workflow: release\/shop\/change-20261124-01\n {2}Send an Update, decide:/);
    assert.match(mail, /or Send a Signal, approve \(or reject\):/);
  });

  it('says what it is good for, until when, and the way without it', () => {
    assert.match(mail, /made for you, for digest .+ by plan .+, until 2026-11-25T09:00:00\.000Z\. Give it to nobody/);
    assert.match(mail, /With your token and without a code: slipway approve change-20261124-01 --comment "…"$/);
  });
});
