import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createPersonalMail } from '../../src/adapters/notify/personal-mail.js';
import { historyAsJson } from '../../src/adapters/temporal/history.js';
import { hours } from '../../src/domain/duration.js';
import type { FlagOutcome, FlagProgress, FlagSubmission } from '../../src/domain/flag-change.js';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import {
  approveSignal,
  decideUpdate,
  flagChangeId,
  flagProgress,
  releaseId,
  releaseProgress,
  releaseQueue,
  workflowTypes,
} from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordFlagHistory, recordHistories } from '../support/histories.js';
import { type MailServer, openMailServer } from '../support/mail-server.js';
import { type MemorySlipway, openMemorySlipway, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, bySentinelAndOwner } from '../support/orders.js';
import { readMail } from '../support/read-mail.js';
import { openSkippingTime } from '../support/skipping-time.js';

const commits = [{ service: 'shop', version: '1.0.0', commit: anArtifact('1.0.0').commit }];
const approval = { ...bySentinelAndOwner, expiresAfter: hours(20), proof: 'code', codes: 'mailed' } as const;
const roster = {
  alice: ['implementation-wrangler'],
  grace: ['governance-sentinel'],
  oscar: ['service-owner'],
  olga: ['service-owner'],
  dave: ['on-call'],
};
const having = (person: string) => ({ name: person, roles: [], mail: `${person}@example.org` });
/** olga may approve, and has no address. */
const people = { alice: having('alice'), grace: having('grace'), oscar: having('oscar'), dave: having('dave') };

describe('one-time codes by mail', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let server: MailServer;
  let changeId: string;
  before(async () => {
    time = await openSkippingTime();
    server = await openMailServer();
    const mail = { url: `smtp://127.0.0.1:${server.port}`, from: 'slipway@example.org' };
    const express = {
      ...{ name: 'express', description: 'express checkout', owner: 'oscar', variants: { on: true, off: false } },
      ...({ state: 'ENABLED', defaultVariant: 'off' } as const),
    };
    slipway = await openMemorySlipway(
      time,
      { environment: 'production', commits, flags: [express] },
      { personalMail: createPersonalMail({ config: { people }, mail }) },
    );
    server.unknown.add('oscar@example.org');
    changeId = await ask();
  });
  after(async () => {
    await slipway.close();
    await server.close();
    await time.teardown();
  });

  const release = () => time.client.workflow.getHandle(releaseId('shop', changeId));
  const progress = (): Promise<ReleaseProgress> => release().query(releaseProgress);
  const mailTo = (person: string, about: string): Promise<string> =>
    eventually(`mail to ${person}`, () => {
      const found = server.mails.filter(({ to, raw }) => to[0] === `${person}@example.org` && raw.includes(about));
      assert.ok(found.length <= 1, 'told once');
      return Promise.resolve(found[0] && readMail(found[0].raw).text);
    });
  const codeIn = (text: string): string => /^Your one-time code: (\S+)$/m.exec(text)?.[1] ?? '';
  const isIn = async (workflowId: string, code: string): Promise<boolean> => {
    const history = JSON.stringify(await historyAsJson(time.client, workflowId));
    const payloads = [...history.matchAll(/"data":"([^"]*)"/g)].map(([, data = '']) => Buffer.from(data, 'base64'));
    return [history, ...payloads.map(String)].some((text) => text.includes(code));
  };

  it('reach each who may approve alone, what is to be typed with them', async () => {
    const text = await mailTo('grace', 'shop 1.0.0');
    assert.match(text, new RegExp(`^shop 1\\.0\\.0 \\(${changeId}\\) waits for your word in production, grace\n`));
    assert.match(text, new RegExp(`workflow: release/shop/${changeId}\n`));
    assert.match(codeIn(text), /^([0-9A-Z]{3}-){3}[0-9A-Z]{3}$/);
    assert.deepEqual(
      server.mails.map(({ to }) => to),
      [['grace@example.org']],
    );
  });

  it('keep no gate waiting where a mailbox takes nothing, and come when it does, to nobody twice', async () => {
    assert.equal((await progress()).state, 'awaiting-approval');
    server.unknown.clear();
    const [his, hers] = await Promise.all([mailTo('oscar', 'shop 1.0.0'), mailTo('grace', 'shop 1.0.0')]);
    assert.notEqual(codeIn(his), codeIn(hers));
    await eventually('it is done with', async () => {
      const { pendingActivities } = (await release().describe()).raw;
      return pendingActivities?.length === 0 ? true : undefined;
    });
    assert.equal(server.mails.length, 2);
  });

  it('are in no history, in no notice and in no subject', async () => {
    for (const person of ['grace', 'oscar']) {
      const code = codeIn(await mailTo(person, 'shop 1.0.0'));
      assert.equal(await isIn(releaseId('shop', changeId), code), false);
      assert.ok(!JSON.stringify(slipway.told).includes(code));
      const heads = server.mails.map(({ raw }) => raw.slice(0, raw.indexOf('\r\n\r\n')));
      assert.ok(heads.every((head) => !head.includes(code)));
    }
    assert.ok(await isIn(releaseId('shop', changeId), '"without":["olga"]'), 'whoever has no address is named');
  });

  it('count as they were mailed, and nobody is sent anything once the gate has closed', async () => {
    const [his, hers] = await Promise.all(['oscar', 'grace'].map((person) => mailTo(person, 'shop 1.0.0')));
    const typed = (text = '', line = 0) => JSON.parse(text.match(/^ {2}\{.*\}$/gm)?.[line] ?? '') as unknown;
    await release().executeUpdate(decideUpdate.name, { args: [typed(his)] });
    await release().signal(approveSignal.name, typed(hers, 1));
    const { kind, reason } = (await release().result()) as ReleaseOutcome;
    assert.equal(kind, 'succeeded', reason);
    assert.deepEqual(
      (await progress()).decisions.map(({ person, via, proved }) => `${person} ${via} ${proved}`),
      ['oscar temporal true', 'grace temporal true'],
    );
    assert.equal(server.mails.length, 2);
    const engine = { client: () => Promise.resolve(time.client) };
    await recordHistories(engine, 'shop', changeId, 'approved-by-mailed-code', ['release']);
  });

  it('are mailed for a change of a flag too', async () => {
    const submission = aFlagChange();
    const workflowId = flagChangeId('production', 'express');
    const options = { workflowId, taskQueue: releaseQueue, args: [submission] };
    const handle = await time.client.workflow.start(workflowTypes.flagChange, options);
    const text = await mailTo('grace', 'the flag express');
    assert.match(text, /workflow: flag-change\/production\/express\n/);
    assert.match(text, /slipway flag approve express --environment production --comment "…"$/);
    assert.equal(await isIn(workflowId, codeIn(text)), false);
    const typed = JSON.parse(/^ {2}\{.*\}$/m.exec(text)?.[0] ?? '') as unknown;
    const { decisions } = await handle.executeUpdate<FlagProgress, [unknown]>(decideUpdate.name, { args: [typed] });
    assert.deepEqual(
      decisions.map(({ person, proved }) => [person, proved]),
      [['grace', true]],
    );
    await handle.signal('rollback', { person: 'dave', reason: 'enough seen' });
    assert.equal(((await handle.result()) as FlagOutcome).kind, 'withdrawn');
    assert.equal((await handle.query<FlagProgress>(flagProgress)).state, 'withdrawn');
    await recordFlagHistory({ client: () => Promise.resolve(time.client) }, 'express', 'codes-mailed');
  });

  async function ask(): Promise<string> {
    const request = {
      ...aRequest({ version: '1.0.0', commit: anArtifact('1.0.0').commit, roster }),
      stages: [aStage({ instances: 1, strategy: aRolling(), approval })],
    };
    return (await submit(time, request)).changeId;
  }

  const aFlagChange = (): FlagSubmission => {
    const { requester, requestedAt, profile } = aRequest();
    const to = { kind: 'variant', variant: 'on' } as const;
    const about = { environment: 'production', tier: 'production', flag: 'express', to, reason: 'try it' } as const;
    return {
      request: { ...about, requester, requestedAt, profile, roster, approval, rollbackPatience: hours(1) },
      ...{ key: 'one', fingerprint: 'one' },
    };
  };
});
