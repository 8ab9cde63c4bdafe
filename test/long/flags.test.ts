import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Load, startLoad } from '../../src/demo/load.js';
import type { FlagChangeView } from '../../src/http/views/flag-change.js';
import { flagChangeId } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordFlagHistory } from '../support/histories.js';
import { checkInvariants } from '../support/invariants.js';
import { openStage, type Stage } from '../support/stage.js';
import { asBytes, asJson, sendSignal, sendUpdate } from '../support/temporal-ui.js';
import { boundServices, flagsFirst } from './flags-first.js';

const file = `# What our customers get, and who answers for it.
flags:
  express: # orders by the next day
    description: delivery by the next day
    owner: logistics
    service: shop
    on: false # on with the campaign
  banner: { description: a line above the shop, owner: marketing, service: shop, on: false }
  theme: # nobody sees it yet
    description: colours
    owner: design
    variants: { plain: black, dark: white }
    default-variant: plain
`;

const comments = (text: string): readonly string[] => text.match(/#.*$/gm) ?? [];

/** SPEC-0701, Feature Flags: changed without deployment, by the rules of its environment, and back by itself. */
describe('a feature flag, on real parts and under load', () => {
  let stage: Stage;
  let load: Load;
  let url: string;
  before(async () => {
    stage = await openStage(
      { shop: '{ kind: blue-green, afterwards: 2s, every: 1s }', ...boundServices },
      { flags: file, environments: ['dev', 'production'] },
    );
    const changeId = await stage.release('shop', '7.0.0');
    await stage.approve(changeId);
    url = await stage.production('shop');
    await eventually('the shop is open', async () => ((await fetch(`${url}/version`)).ok ? true : undefined));
    load = startLoad({ url, requestsPerSecond: 20 });
    await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
  });
  after(async () => {
    await load.stop();
    await stage.close();
  });

  it('goes on in production after two people have approved it, is watched, and stays', async () => {
    await ask('banner', { to: { on: 25, off: 75 }, observe: '3s' });
    await until('banner', 'waits', ({ state }) => state === 'awaiting-approval');
    assert.equal(await evaluated('banner'), false);
    const early = await said('alice', 'banner', 'approvals', { decision: 'approve', comment: 'mine' });
    assert.match(JSON.stringify(early), /alice holds implementation-wrangler; this gate asks for/);
    await approve('banner');
    const { state, outcome, records, decisions } = await closed('banner');
    assert.equal(state, 'succeeded', outcome?.reason);
    assert.match(outcome?.observation?.verdict.reason ?? '', /error-rate 0 %, at most/);
    assert.ok((outcome?.before?.seen.requests ?? 0) > 30 && (outcome?.observation?.seen.requests ?? 0) > 30);
    assert.deepEqual(
      decisions.map((d) => d.person),
      ['grace', 'oscar'],
    );
    const decision = records.find((path) => path.includes('DEC-DEPLOY-')) ?? '';
    const story = await readFile(join(stage.directory, decision), 'utf8');
    assert.match(
      story,
      /Status:\*\* Decided[^]*grace \(governance-sentinel\)[^]*on 25 %, off 75 %[^]*Follow-Up Actions/,
    );
    assert.match(
      await text(),
      /banner: \{.*environments: \{? ?\n? *production: \{ on: false, rollout: \{ on: 25, off: 75 \} \}/,
    );
    await recordFlagHistory(stage, 'banner', 'set-and-watched');
  });

  it('goes off by itself when the service gets worse with it', async () => {
    await ask('express', { to: 'on', observe: '8s' });
    await approve('express');
    const { outcome, records } = await closed('express');
    assert.equal(outcome?.kind, 'rolled-back', outcome?.reason);
    assert.match(outcome.reason, /error-rate [\d.]+ % is above 5 %.*before this window/);
    assert.equal(await evaluated('express'), false);
    const decision = records.find((path) => path.includes('DEC-DEPLOY-')) ?? '';
    assert.match(await readFile(join(stage.directory, decision), 'utf8'), /Draft[^]*Set back at[^]*root cause/);
    await recordFlagHistory(stage, 'express', 'flag-back-by-judgement');
    await eventually('orders work again', async () => {
      const at = new Date().toISOString();
      await fetch(`${url}/version`);
      const { sent, failed } = load.sentBetween(new Date(Date.parse(at) - 1_000).toISOString(), at);
      return sent > 10 && failed === 0 ? true : undefined;
    });
  });

  it('is set back by a person in the middle of its window', async () => {
    await ask('banner', { to: 'on', observe: '5s' });
    await approve('banner');
    await until('banner', 'observing', ({ state }) => state === 'observing');
    assert.equal(await evaluated('banner'), true);
    await said('dave', 'banner', 'rollback', { reason: 'customers call' });
    const { outcome } = await closed('banner');
    assert.deepEqual([outcome?.kind, outcome?.reason], ['rolled-back', 'dave: customers call']);
    assert.match(await text(), /production: \{ on: false, rollout: \{ on: 25, off: 75 \} \}/);
    await recordFlagHistory(stage, 'banner', 'flag-back-by-a-person');
  });

  it('fault 20: is set back when Request Cancellation is said to its change in the Temporal UI', async () => {
    await ask('banner', { to: 'on', observe: '20s' });
    await approve('banner');
    await until('banner', 'observing', ({ state }) => state === 'observing');
    await (await stage.client()).workflow.getHandle(flagChangeId('production', 'banner')).cancel();
    const { outcome } = await closed('banner');
    assert.equal(outcome?.kind, 'rolled-back', outcome?.reason);
    assert.equal(outcome.reason, 'the Temporal UI: cancellation was requested');
    assert.match(await text(), /production: \{ on: false, rollout: \{ on: 25, off: 75 \} \}/);
    await recordFlagHistory(stage, 'banner', 'flag-cancelled');
  });

  it('is set once, whatever dies: the workers are killed while it waits, and in its window', async () => {
    await ask('banner', { to: 'on', observe: '5s' });
    await until('banner', 'waits', ({ state }) => state === 'awaiting-approval');
    await killWorkers();
    await approve('banner');
    await until('banner', 'comparing', ({ state }) => state === 'comparing');
    await killWorkers();
    await until('banner', 'observing', ({ state }) => state === 'observing');
    await killWorkers();
    const { state, outcome } = await closed('banner');
    assert.equal(state, 'succeeded', outcome?.reason);
    assert.equal(await evaluated('banner'), true);
    const deeds = JSON.parse(await readFile(join(stage.directory, '.git/slipway-flags.json'), 'utf8')) as Deed[];
    const sets = deeds.filter(({ flag, after: is }) => flag === 'banner' && is.defaultVariant === 'on' && !is.rollout);
    assert.deepEqual(
      sets.map(({ done }) => done),
      [true, true, true],
      'once before a person set it back, once before it was cancelled, and once now',
    );
    assert.equal(new Set(deeds.map(({ key }) => key)).size, deeds.length);
    await recordFlagHistory(stage, 'banner', 'flag-workers-killed');
  });

  it('is stuck where its file makes no sense on the way back; mended and retried, it ends well', async () => {
    await ask('banner', { to: 'off', observe: '5s' });
    await approve('banner');
    await until('banner', 'observing', ({ state }) => state === 'observing');
    assert.equal(await evaluated('banner'), false);
    const good = await text();
    await writeFile(path(), `${good}broken: [\n`);
    await said('dave', 'banner', 'rollback', { reason: 'look' });
    const { waiting } = await until('banner', 'stuck', ({ state }) => state === 'stuck');
    assert.match(JSON.stringify(waiting), /features\.yml:\d+:.*slipway flag retry banner --environment production/);
    assert.equal(await evaluated('banner'), false, 'the last that made sense is served');
    await writeFile(path(), good);
    await said('dave', 'banner', 'retry', { reason: 'mended' });
    assert.equal((await closed('banner')).outcome?.kind, 'rolled-back');
    assert.equal(await evaluated('banner'), true);
    await recordFlagHistory(stage, 'banner', 'flag-stuck-and-retried');
  });

  it('fault 46: is not touched when somebody rejects it, or has edited it meanwhile', async () => {
    await ask('theme', { to: 'dark' });
    await until('theme', 'waits', ({ state }) => state === 'awaiting-approval');
    await said('grace', 'theme', 'approvals', { decision: 'reject', comment: 'not before the weekend' });
    assert.match((await closed('theme')).outcome?.reason ?? '', /grace rejected it: not before the weekend/);
    assert.equal(await evaluated('theme'), 'black');

    await ask('theme', { to: { plain: 50, dark: 50 } });
    await until('theme', 'waits', ({ state }) => state === 'awaiting-approval');
    await writeFile(path(), (await text()).replace('default-variant: plain', 'default-variant: dark'));
    await approve('theme');
    const { outcome } = await closed('theme');
    assert.equal(outcome?.kind, 'refused');
    assert.match(outcome.reason, /theme in production is dark; this change was made for plain/);
    await recordFlagHistory(stage, 'theme', 'flag-edited-meanwhile');
  });

  it('in dev is set by who asks, without a gate, and says when there is nothing to do', async () => {
    const { changeId } = await ask('theme', { to: 'plain', environment: 'dev' });
    const { state, records } = await closed('theme', 'dev');
    assert.equal(state, 'succeeded');
    assert.deepEqual(records, ['docs/change-log.md']);
    assert.match(
      await readFile(join(stage.directory, 'docs/change-log.md'), 'utf8'),
      new RegExp(`${changeId} .*flag theme in dev: set, dark → plain`),
    );
    await ask('theme', { to: 'plain', environment: 'dev' });
    assert.equal((await closed('theme', 'dev')).state, 'unchanged');
    assert.equal(await evaluated('theme'), 'white', 'production is not dev');
  });

  it('answers a repeated request as the first time, also when the change is long over', async () => {
    const key = 'again-and-again';
    const { changeId } = await ask('theme', { to: 'dark', environment: 'dev', key });
    await closed('theme', 'dev');
    await ask('theme', { to: 'plain', environment: 'dev' });
    await closed('theme', 'dev');
    const repeated = await eventually('the engine lists it', async () => {
      const answer = await ask('theme', { to: 'dark', environment: 'dev', key }).catch(() => undefined);
      return answer?.changeId;
    });
    assert.equal(repeated, changeId);
    assert.equal(await evaluated('theme', 'dev'), 'black');
    await assert.rejects(
      ask('theme', { to: 'plain', environment: 'dev', key }),
      /the key was used for another request/,
    );
  });

  it('hears no message that makes no sense, and is not held up by one', async () => {
    const id = flagChangeId('production', 'theme');
    await ask('theme', { to: 'plain' });
    await until('theme', 'waits', ({ state }) => state === 'awaiting-approval');
    const rows: readonly (readonly [string, unknown, RegExp])[] = [
      ['approve', asBytes('binary/poison', 'x'), /payload encoding/],
      ['approve', asJson(7), /payload of type number/],
      ['approve', asJson('mallory'), /not one of the people/],
      ['approve', asJson({ person: 'grace', digest: 'sha256:00' }), /digest sha256:00 is not what waits/],
      ['aprove', asJson('grace'), /no such signal/],
      ['retry', asJson('dave'), /nothing is stuck/],
    ];
    for (const [signal, payload, says] of rows) {
      await sendSignal(stage, id, signal, payload);
      await until('theme', String(says), ({ refused }) => refused.some(({ reason }) => says.test(reason)));
    }
    assert.match(await sendUpdate(stage, id, 'decide', { person: 'dave', decision: 'approve' }), /this gate asks for/);
    await sendSignal(stage, id, 'approve', asJson({ person: 'grace', comment: 'read it' }));
    await sendSignal(stage, id, 'rollback', asJson({ person: 'dave', reason: 'never mind' }));
    assert.equal((await closed('theme')).state, 'withdrawn');
    await recordFlagHistory(stage, 'theme', 'flag-poisoned-and-withdrawn');
  });

  flagsFirst(() => stage);

  it('has lost no comment, no record and no change: the chain verifies, and the file is committed', async () => {
    const { verified, findings } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
    for (const service of ['shop', 'gated']) {
      const { body } = await stage.ask('alice', 'GET', `/v1/services/${service}`);
      const [latest] = body['latest'] as readonly { readonly changeId: string }[];
      assert.deepEqual(await checkInvariants(stage, service, latest?.changeId ?? ''), []);
    }
    assert.deepEqual(comments(await text()), comments(file));
    const log = await readFile(join(stage.directory, 'docs/change-log.md'), 'utf8');
    const ids = [...log.matchAll(/change-\d{8}-(\d\d)/g)].map(([, number]) => number);
    const flagged = new Set(log.match(/(change-\d{8}-\d\d) \|[^|]*\| planned flag/g)?.map((row) => row.slice(0, 18)));
    for (const id of flagged) assert.equal(log.split(`| ${id} |`).length - 1, 2, `${id} is planned and ended`);
    assert.ok(flagged.size >= 11 && ids.length > 0);
  });

  interface Wanted {
    readonly to: unknown;
    readonly observe?: string;
    readonly environment?: string;
    readonly key?: string;
  }

  async function ask(
    flag: string,
    { key = `${flag}-${Math.random()}`, environment = 'production', ...wanted }: Wanted,
  ) {
    const body = { environment, reason: 'the campaign', ...wanted };
    const answer = await stage.ask('alice', 'PUT', `/v1/flags/${flag}`, body, { 'idempotency-key': key });
    if (answer.status !== 202) throw new Error(`PUT answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function said(person: string, flag: string, what: string, body: unknown): Promise<unknown> {
    return (await stage.ask(person, 'POST', `/v1/flags/production/${flag}/change/${what}`, body)).body;
  }

  async function approve(flag: string): Promise<void> {
    await until(flag, 'waits', ({ state }) => state === 'awaiting-approval');
    for (const person of ['grace', 'oscar'])
      await eventually(`${person} approves`, async () => {
        const sent = { decision: 'approve', comment: 'read it' };
        const { status } = await stage.ask(person, 'POST', `/v1/flags/production/${flag}/change/approvals`, sent);
        return status === 200 ? true : undefined;
      });
  }

  async function until(
    flag: string,
    what: string,
    is: (view: FlagChangeView) => boolean,
    environment = 'production',
  ): Promise<FlagChangeView> {
    let last: unknown;
    const look = async () => {
      const { status, body } = await stage.ask('alice', 'GET', `/v1/flags/${environment}/${flag}/change`);
      last = body;
      const view = body as unknown as FlagChangeView;
      return status === 200 && is(view) ? view : undefined;
    };
    return await eventually(`${flag}: ${what}`, look, { every: 60, atMostEvery: 600 }).catch((fault: unknown) => {
      throw new Error(`last seen: ${JSON.stringify(last).slice(0, 2_000)}`, { cause: fault });
    });
  }

  const closed = (flag: string, environment?: string): Promise<FlagChangeView> =>
    until(flag, 'closed', ({ closedAt }) => closedAt !== undefined, environment);

  async function evaluated(flag: string, environment = 'production'): Promise<unknown> {
    const { body } = await stage.ask('dave', 'POST', `/ofrep/v1/evaluate/flags/${flag}?environment=${environment}`, {});
    return body['value'];
  }

  async function killWorkers(): Promise<void> {
    const { workers } = await stage.pids();
    assert.ok(workers.length > 0);
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    await eventually('the workers are back', async () => {
      const again = (await stage.pids()).workers;
      return again.length > 0 && again.every((pid) => !workers.includes(pid)) ? true : undefined;
    });
  }

  const path = (): string => join(stage.directory, 'method/config/features.yml');
  const text = (): Promise<string> => readFile(path(), 'utf8');
});

interface Deed {
  readonly key: string;
  readonly flag: string;
  readonly done: boolean;
  readonly after: { readonly defaultVariant: string; readonly rollout?: unknown };
}
