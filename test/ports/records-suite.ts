import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metRows } from '../../src/domain/decisions/records/change-log.js';
import { createMemoryFollowUps } from '../../src/adapters/memory/follow-ups.js';
import { recoveriesIn, recoveryPaths } from '../../src/domain/decisions/records/reconciled.js';
import { rotationPaths, rotationsIn } from '../../src/domain/decisions/records/rotation.js';
import type { Records } from '../../src/ports/records.js';
import { aFlagChange, aFlagRequest, aFlagSetBack } from '../records/flag-stories.js';
import { anAuditReport } from '../support/audits.js';
import { aClosing, aFollowUp, aNewFollowUp } from '../support/follow-ups.js';
import { tuesday } from '../support/orders.js';
import { openingOf } from '../../src/domain/recovery.js';
import { aReconciled } from '../support/recoveries.js';
import { aRotation } from '../support/rotations.js';
import type { OpenedRecords, RecordSettings } from './opened-records.js';
import { change, tampering } from './records-tampering.js';
import {
  aClosedRelease,
  aGoodCanary,
  anOrder,
  anOutcome,
  aRequest,
  aRolledBackCanary,
  aStagingRollout,
} from '../records/stories.js';

const log = 'docs/change-log.md';
const chain = 'logs/audit/chain.jsonl';
const goodLog = 'logs/deployments/deploy_20261124T032000Z.json';

/** What every record store must do, whatever it writes to. */
export function recordsSuite(name: string, open: (settings?: RecordSettings) => Promise<OpenedRecords>): void {
  const records = (
    sentence: string,
    story: (store: OpenedRecords) => Promise<void>,
    settings?: RecordSettings,
  ): void => {
    it(sentence, async () => {
      const store = await open(settings);
      try {
        await story(store);
      } finally {
        await store.close();
      }
    });
  };

  describe(`records: ${name}`, () => {
    records('a change gets the next number of its UTC day, without gaps and without doubles', async ({ records }) => {
      const ask = (eventId: string, requestedAt: string): Promise<{ changeId: string }> =>
        records.openChange({ eventId, request: aRequest({ requestedAt }) });
      const ids = await Promise.all([
        ask('a', '2026-11-24T02:00:00.000Z'),
        ask('b', '2026-11-24T23:59:59.999Z'),
        ask('c', '2026-11-25T00:00:00.000Z'),
        ask('a', '2026-11-24T02:00:00.000Z'),
      ]);
      assert.deepEqual(
        ids.map(({ changeId }) => changeId),
        ['change-20261124-01', 'change-20261124-02', 'change-20261125-01', 'change-20261124-01'],
      );
    });

    records('a number that a person gave out by hand is not given out again', async ({ records, read, put }) => {
      await records.openChange({ eventId: 'a', request: aRequest() });
      await put(log, `${(await read(log)) ?? ''}| change-20261124-02 | by hand | | | | |\n`);
      const { changeId } = await records.openChange({ eventId: 'b', request: aRequest() });
      assert.equal(changeId, 'change-20261124-03');
    });

    records(
      'a full Change Log goes on with an empty table, and its rows are on pages that count as it does',
      async (store) => {
        const { records, read } = store;
        const ids: string[] = [];
        for (const eventId of ['a', 'b', 'c', 'd', 'e'])
          ids.push((await records.openChange({ eventId, request: aRequest() })).changeId);
        assert.deepEqual(
          ids,
          [1, 2, 3, 4, 5].map((n) => `change-20261124-0${n}`),
        );
        const pages = ['docs/change-log-0001.md', 'docs/change-log-0002.md'];
        const texts = await Promise.all([...pages, log].map(read));
        assert.deepEqual(
          texts.map((text) => metRows(text ?? '').map(({ changeId }) => changeId)),
          [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)],
        );
        assert.match(texts[2] ?? '', /^Earlier: \[page 1\]\(change-log-0001\.md\) · \[page 2\]/m);
        assert.deepEqual((await records.audit()).findings, []);
        const rows = await records.rowsOf(ids);
        assert.deepEqual(
          ids.map((id) => rows[id]?.map(([changeId]) => changeId)),
          ids.map((id) => [id]),
        );
        await store.put(pages[0]!, texts[0]?.replace('planned shop', 'planned cart'));
        assert.deepEqual((await records.audit()).findings, [
          `${pages[0]}: a row of ${ids[0]} was altered since it was recorded`,
        ]);
      },
      { rowsPerPage: 2 },
    );

    records('the same event is written once, however often it is told', async ({ records, read }) => {
      const event = { kind: 'rollout-ended', eventId: 'a', rollout: aGoodCanary() } as const;
      const first = await records.write(event);
      const before = await Promise.all([log, chain].map(read));
      const [second, third] = await Promise.all([records.write(event), records.write(event)]);
      assert.deepEqual([second, third], [first, first]);
      assert.deepEqual(await Promise.all([log, chain].map(read)), before);
      assert.equal(first.sequence, 1);
    });

    records(
      'a rollout leaves smoke log, deploy log and a row; a rollback an incident and a draft too',
      async (store) => {
        const good = await store.records.write({ kind: 'rollout-ended', eventId: 'a', rollout: aGoodCanary() });
        assert.deepEqual(good.paths, ['logs/ci/smoke_tests_20261124T030100Z.log', goodLog, log]);
        const back = await store.records.write({ kind: 'rollout-ended', eventId: 'b', rollout: aRolledBackCanary() });
        assert.deepEqual(back.paths, [
          'logs/ci/smoke_tests_20261124T030100Z-2.log',
          'logs/ci/smoke_tests_20261124T030500Z.log',
          'logs/deployments/deploy_20261124T030600Z.json',
          'artifacts/integration/incident-20261124T030400Z/incident.md',
          'artifacts/integration/incident-20261124T030400Z/incident.json',
          'docs/decisions/DEC-DEPLOY-0001-rollback-of-shop-1-1-0-in-production.md',
          'artifacts/integration/incident-20261124T030400Z/04-observe.svg',
          ...['FU-0001', 'FU-0002', 'FU-0003'].map((id) => `logs/follow-ups/${id}.json`),
          log,
        ]);
        for (const path of back.paths) assert.notEqual(await store.read(path), undefined, path);
      },
    );

    records('fault 40: nothing is written over: two in one second get names of their own', async ({ records, put }) => {
      await put(goodLog, 'by hand');
      const { paths } = await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: aGoodCanary() });
      assert.equal(paths[1], 'logs/deployments/deploy_20261124T032000Z-2.json');
      const again = await records.write({ kind: 'rollout-ended', eventId: 'b', rollout: aGoodCanary() });
      assert.equal(again.paths[1], 'logs/deployments/deploy_20261124T032000Z-3.json');
    });

    records('decisions are numbered on, past the ones people wrote', async ({ records, put }) => {
      await put('docs/decisions/DEC-DEPLOY-0001-by-hand.md', '# ours');
      const { paths } = await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: aRolledBackCanary() });
      assert.equal(paths[5], 'docs/decisions/DEC-DEPLOY-0002-rollback-of-shop-1-1-0-in-production.md');
    });

    records('what people wrote around the table and into it stays', async ({ records, read, put }) => {
      await records.openChange({ eventId: 'a', request: aRequest() });
      const edited = `Our changes.\n\n${(await read(log)) ?? ''}| by hand | x | y | z | o | v |\n\nThe end.\n`;
      await put(log, edited);
      await records.openChange({ eventId: 'b', request: aRequest() });
      const after = ((await read(log)) ?? '').split('\n');
      assert.deepEqual(
        after.filter((text) => !text.includes('change-20261124-02')),
        edited.split('\n'),
      );
      assert.equal(after.at(-4)?.startsWith('| change-20261124-02 |'), true, after.join('\n'));
    });

    records('the transcript retells the rollouts from their own deploy logs', async ({ records, read }) => {
      await records.openChange({ eventId: 'a', request: aRequest() });
      await records.write({ kind: 'rollout-ended', eventId: 'b', rollout: aStagingRollout() });
      await records.write({ kind: 'rollout-ended', eventId: 'c', rollout: aGoodCanary() });
      const { paths } = await records.write({ kind: 'release-closed', eventId: 'd', release: aClosedRelease() });
      const archive = 'artifacts/integration/deployment-archive/change-20261124-01-shop';
      assert.deepEqual(paths, [`${archive}/transcript.md`, `${archive}/history-release-shop-change-20261124-01.json`]);
      const story = (await read(`${archive}/transcript.md`)) ?? '';
      assert.match(story, /## staging: adopted \(rolling\)[^]*## production: adopted \(canary\)/);
    });

    records('a release that ended without a rollout says so in the Change Log', async ({ records, read }) => {
      const outcome = anOutcome({ kind: 'refused', environment: 'production', adopted: [], reason: 'grace: no' });
      await records.write({ kind: 'release-closed', eventId: 'a', release: aClosedRelease({ outcome }) });
      assert.match((await read(log)) ?? '', /\| refused shop 1\.1\.0 in production: grace: no \|/);
    });

    records('a change of a flag is numbered among the others, planned and ended', async ({ records, read }) => {
      await records.openChange({ eventId: 'a', request: aRequest() });
      const { changeId } = await records.openFlagChange({ eventId: 'b', request: aFlagRequest() });
      assert.equal(changeId, 'change-20261124-02');
      assert.equal((await records.openFlagChange({ eventId: 'b', request: aFlagRequest() })).changeId, changeId);
      const change = aFlagChange({ order: { ...aFlagRequest(), changeId } });
      const event = { kind: 'flag-changed', eventId: 'c', change } as const;
      assert.deepEqual(await records.write(event), await records.write(event));
      assert.equal((await records.openFlagChange({ eventId: 'b', request: aFlagRequest() })).ended, true);
      const rows = ((await read(log)) ?? '').split('\n').filter((row) => row.startsWith(`| ${changeId} |`));
      assert.deepEqual(
        rows.map((row) => /\| (planned flag|flag) new-checkout in production: /.exec(row)?.[1]),
        ['planned flag', 'flag'],
      );
      assert.deepEqual((await records.audit()).findings, []);
    });

    records(
      'a flag set in production leaves a decision record, one set elsewhere or not at all a row',
      async (store) => {
        const { records, read } = store;
        const write = (eventId: string, change: ReturnType<typeof aFlagChange>) =>
          records.write({ kind: 'flag-changed', eventId, change });
        const decision = 'docs/decisions/DEC-DEPLOY-0001-flag-new-checkout-in-production.md';
        assert.deepEqual((await write('a', aFlagChange())).paths, [decision, log]);
        assert.match((await read(decision)) ?? '', /^# DEC-DEPLOY-0001 — Flag new-checkout in production/);
        const { order } = aFlagChange();
        const staging = aFlagChange({ order: { ...order, environment: 'staging', tier: 'staging' } });
        assert.deepEqual((await write('b', staging)).paths, [log]);
        const refusedBefore = { ...aFlagChange().outcome, kind: 'refused', reason: 'grace: no' } as const;
        const outcome = Object.fromEntries(
          Object.entries(refusedBefore).filter(([key]) => key !== 'setAt'),
        ) as unknown as typeof refusedBefore;
        assert.deepEqual((await write('c', { ...aFlagChange(), outcome })).paths, [log]);
        const { paths } = await write('d', aFlagSetBack());
        assert.equal(paths[0], 'docs/decisions/DEC-DEPLOY-0002-flag-new-checkout-in-production.md');
        assert.match(
          (await read(log)) ?? '',
          /set back: slipway: fail: error-rate 8\.1 % is above 0\.11 %, approved by grace/,
        );
      },
    );

    records(
      'the audit of a quarter is recorded once, for people and for programs, and is in the chain',
      async (store) => {
        const { records, read, put } = store;
        const audited = { report: anAuditReport(), by: 'grace' };
        const event = { kind: 'audit-reported', eventId: 'audit/2026-Q3', audited } as const;
        const first = await records.write(event);
        const folder = 'artifacts/integration/audit-2026-Q3';
        assert.deepEqual(first.paths, [`${folder}/audit.md`, `${folder}/audit.json`]);
        assert.deepEqual(await records.write(event), first);
        assert.match((await read(`${folder}/audit.md`)) ?? '', /^# Governance audit 2026-Q3/);
        assert.deepEqual((await records.audit()).findings, []);
        await put(`${folder}/audit-2.json`, '{}');
        await put(`artifacts/integration/audit-2026-Q2/audit.json`, '{}');
        assert.deepEqual((await records.audit()).findings, [
          'artifacts/integration/audit-2026-Q2/audit.json: was put in; the chain does not name it',
        ]);
      },
    );

    records('a rotation of a secret is a change of its own, and one that was altered counts no more', async (store) => {
      const { records, read, put } = store;
      const event = { kind: 'secret-rotated', eventId: 'rotation/a', rotation: aRotation() } as const;
      const { paths } = await records.write(event);
      assert.deepEqual(paths, ['logs/rotations/rotation_20261124T090000Z.json', log]);
      assert.deepEqual((await records.write(event)).paths, paths);
      assert.match((await read(log)) ?? '', /change-20261124-01 .*secret SHOP.*DATABASE.*nothing released: it was due/);
      assert.deepEqual((await records.audit()).findings, []);
      const recorded = async () => rotationsIn(await records.read(rotationPaths(await records.entries())));
      const [rotation] = await recorded();
      assert.deepEqual(
        [rotation?.changeId, rotation?.by, rotation?.reports],
        ['change-20261124-01', 'oscar', aRotation().reports],
      );
      await put(paths[0] ?? '', ((await read(paths[0] ?? '')) ?? '').replace('oscar', 'grace'));
      assert.deepEqual(await recorded(), []);
      assert.match((await records.audit()).findings.join(), /rotation_20261124T090000Z\.json/);
    });

    records(
      'a follow-up is numbered on, closed beside itself, and one that was altered counts no more',
      async (store) => {
        const { records, read, put } = store;
        await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: aRolledBackCanary() });
        const event = { kind: 'follow-up-opened', eventId: 'b', opened: aNewFollowUp() } as const;
        const { paths } = await records.write(event);
        assert.deepEqual(paths, ['logs/follow-ups/FU-0004.json', log]);
        assert.deepEqual((await records.write(event)).paths, paths);
        const word = aClosing({ id: 'FU-0004' });
        await records.write({ kind: 'follow-up-said', eventId: 'c', word, of: aFollowUp({ id: 'FU-0004' }) });
        assert.match(
          (await read(log)) ?? '',
          /follow-up \[FU-0004\]\(\S+\) bound the timeouts \(grace, due 2026-12-11\)/,
        );
        assert.match(
          (await read(log)) ?? '',
          /FU-0004\]\(\S+\) closed: bound the timeouts: two seconds .* sha256 abababababab/,
        );
        assert.deepEqual((await records.audit()).findings, []);
        const standings = () => createMemoryFollowUps(records).standings(tuesday);
        assert.deepEqual(
          (await standings()).map((one) => [one.id, one.state, one.owner]),
          [
            ['FU-0001', 'open', 'implementation-wrangler'],
            ['FU-0002', 'open', 'service-owner'],
            ['FU-0003', 'open', 'governance-sentinel'],
            ['FU-0004', 'closed', 'grace'],
          ],
        );
        const said = 'logs/follow-ups/FU-0004_20261124T090000Z.json';
        await put(said, ((await read(said)) ?? '').replace('two seconds', 'no'));
        assert.equal((await standings()).at(-1)?.state, 'open');
        assert.match((await records.audit()).findings.join(), /FU-0004_20261124T090000Z\.json: was altered/);
      },
    );

    records('entries are told in the order of the chain, and files as they are now', async ({ records, put }) => {
      await tell(records);
      const entries = await records.entries();
      assert.deepEqual(
        entries.map(({ sequence, kind }) => [sequence, kind]),
        [
          [1, 'change-opened'],
          [2, 'rollout-ended'],
          [3, 'rollout-ended'],
          [4, 'release-closed'],
        ],
      );
      const before = await records.read([goodLog, 'logs/deployments/nothing.json', chain]);
      assert.deepEqual(
        before.map(({ path, intact }) => [path, intact]),
        [[goodLog, true]],
      );
      await put(goodLog, 'altered');
      assert.deepEqual(await records.read([goodLog]), [{ path: goodLog, text: 'altered', intact: false }]);
      await put(goodLog, undefined);
      assert.deepEqual(await records.read([goodLog]), []);
    });

    records('the latest of a service is known, whatever others and flags came after it', async ({ records }) => {
      const open = (service: string, key: string) =>
        records.openChange({ eventId: openingOf(service, key), request: aRequest({ service }) });
      assert.deepEqual(await records.latestOf('shop'), {});
      const { changeId, ended } = await open('shop', 'a/1');
      assert.deepEqual([ended, (await open('shop', 'a/1')).ended], [false, false]);
      const order = anOrder(changeId);
      assert.equal((await records.latestOf('shop')).opened?.begun, undefined);
      await records.write({ kind: 'rollout-ended', eventId: 'rollout', rollout: aGoodCanary({ order }) });
      assert.equal((await records.latestOf('shop')).opened?.begun, true);
      await records.write({ kind: 'release-closed', eventId: 'close', release: aClosedRelease({ order }) });
      const { changeId: next } = await open('shop', 'b');
      await open('bank', 'c');
      await records.openFlagChange({ eventId: 'd', request: aFlagRequest() });
      const { opened, closed } = await records.latestOf('shop');
      assert.deepEqual(
        [opened?.changeId, opened?.key, opened?.begun, closed?.changeId],
        [next, 'b', undefined, changeId],
      );
      assert.deepEqual(
        [await open('shop', 'a/1'), await open('shop', 'b')].map((again) => [again.changeId, again.ended]),
        [
          [changeId, true],
          [next, false],
        ],
      );
    });

    records('one change is told by its entries, and by its rows as they were recorded', async (store) => {
      await tell(store.records);
      const changeId = 'change-20261124-01';
      const entries = await store.records.entriesOf(changeId);
      assert.deepEqual(
        entries.map(({ eventId, kind }) => [eventId, kind]),
        [
          ['open', 'change-opened'],
          ['good', 'rollout-ended'],
          ['back', 'rollout-ended'],
          ['close', 'release-closed'],
        ],
      );
      const planned = async () => (await store.records.rowsOf([changeId, 'change-20261124-09']))[changeId]?.[0]?.[2];
      assert.match((await planned()) ?? '', /^planned shop 1\.1\.0 for /);
      await change(store, log, (text) => text.replace('planned shop 1.1.0', 'planned shop 9.9.9'));
      assert.doesNotMatch((await planned()) ?? '', /^planned/);
    });

    records('a reconciliation is a change of its own, with a row for each change that was lost', async (store) => {
      const { records, read } = store;
      const { changeId } = await records.openChange({ eventId: 'a', request: aRequest() });
      const lost = [{ changeId, version: '1.1.0', said: 'users are where they were' }];
      const reconciled = { ...aReconciled({ service: 'shop' }), lost };
      const event = { kind: 'service-reconciled', eventId: 'reconcile/shop/a', reconciled } as const;
      const { paths } = await records.write(event);
      assert.deepEqual(paths, ['logs/recoveries/recovery_20261124T090000Z.json', log]);
      assert.deepEqual((await records.write(event)).paths, paths);
      const rows = (await read(log)) ?? '';
      assert.match(rows, /change-20261124-02 .*reconciled shop with the records.*: the disk was lost/);
      assert.match(rows, /change-20261124-01 .*lost shop 1\.1\.0: users are where they were/);
      assert.deepEqual(
        recoveriesIn(await records.read(recoveryPaths(await records.entries(), 'shop'))).map((of) => of.lost),
        [lost],
      );
      assert.deepEqual(recoveryPaths(await records.entries(), 'sho'), []);
      assert.deepEqual((await records.audit()).findings, []);
      await store.put('logs/recoveries/recovery_20261124T090001Z.json', '{}');
      assert.match((await records.audit()).findings.join(), /recovery_20261124T090001Z\.json: was put in/);
    });

    records('an untouched store passes its audit', async ({ records }) => {
      assert.deepEqual(await records.audit(), { verified: true, records: 0, findings: [] });
      await tell(records);
      assert.deepEqual(await records.audit(), { verified: true, records: 4, findings: [] });
    });

    for (const { sentence, tamper, finding } of tampering)
      records(sentence, async (store) => {
        await tell(store.records);
        await tamper(store);
        const audit = await store.records.audit();
        assert.equal(audit.verified, false);
        assert.ok(
          audit.findings.some((text) => finding.test(text)),
          audit.findings.join('\n'),
        );
      });

    records('the last lines of the chain, taken out with their files and rows, are missed', async (store) => {
      await tell(store.records);
      const last = await store.records.write({ kind: 'release-closed', eventId: 'z', release: aClosedRelease() });
      for (const path of last.paths) await store.put(path, undefined);
      await change(store, chain, (text) => text.split('\n').slice(0, -2).concat('').join('\n'));
      const { findings } = await store.records.audit();
      assert.equal(findings.length, 1, findings.join('\n'));
      assert.match(
        findings[0] ?? '',
        new RegExp(`^commit .*: recorded ${last.hash}, which is no longer in the chain$`),
      );
    });

    records(
      'rows that people wrote, a table lined up by a formatter and a completed draft are no findings',
      async (store) => {
        await tell(store.records);
        await change(store, log, (text) => `${text.replaceAll(' | ', '   |   ')}| by hand | | a note | | | |\n`);
        await change(store, 'docs/decisions/DEC-DEPLOY-0001-rollback-of-shop-1-1-0-in-production.md', (text) =>
          text.replace('**Status:** Draft', '**Status:** Decided'),
        );
        assert.deepEqual((await store.records.audit()).findings, []);
      },
    );
  });
}

/** Four entries: a plan, a canary, one that went back, and the end. */
async function tell(records: Records): Promise<void> {
  const { changeId } = await records.openChange({ eventId: 'open', request: aRequest() });
  const order = anOrder(changeId);
  await records.write({ kind: 'rollout-ended', eventId: 'good', rollout: aGoodCanary({ order }) });
  await records.write({ kind: 'rollout-ended', eventId: 'back', rollout: aRolledBackCanary({ order }) });
  const release = aClosedRelease({ order });
  await records.write({ kind: 'release-closed', eventId: 'close', release });
}
