import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acknowledgedBefore, recordAcknowledgement } from '../../activities/acknowledge.js';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import type { DeployLog } from '../../src/domain/decisions/records/deploy-log.js';
import { after, seconds } from '../../src/domain/duration.js';
import type { ServiceStanding } from '../../src/domain/service.js';
import { aRolledBackCanary } from '../records/stories.js';
import { aRelease } from '../support/memory-desk.js';
import { tuesday } from '../support/orders.js';

const changeId = 'change-20261124-01';
const incident = 'artifacts/integration/incident-20261124T030400Z';
const told = aRolledBackCanary();
const demandedAt = told.outcome.rollback!.demand.at;
const at = (late: number): string => after(demandedAt, seconds(late));
const standing = (acknowledged: ServiceStanding['acknowledged'] = []): ServiceStanding => ({
  ...{ service: 'shop', running: {}, queue: [], latest: [], acknowledged },
});

describe('an acknowledgement', () => {
  it('of a rollback that is recorded goes into the folder of its incident, with how long it took; once', async () => {
    const records = createMemoryRecords();
    await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: told });
    const tools = {
      records,
      workflows: {
        standing: () => Promise.reject(new Error('not asked')),
        progressOf: () => Promise.resolve(undefined),
      },
    };
    const known = { service: 'shop', changeId, by: 'dave', at: at(130), comment: 'I am at it' };
    const { paths } = await recordAcknowledgement(tools, known);
    assert.deepEqual(paths, [`${incident}/acknowledged_20261124T030610Z.json`, 'docs/change-log.md']);
    assert.deepEqual((await recordAcknowledgement(tools, known)).paths, paths);
    const record = JSON.parse(records.files.get(paths[0] ?? '') ?? '') as { readonly after_ms: number };
    assert.equal(record.after_ms, seconds(130));
    const log = records.files.get('docs/change-log.md') ?? '';
    assert.match(log, /\| incident acknowledged by dave \(on-call\), after 2 min: I am at it \|.*\[acknowledgement\]/);
    assert.deepEqual((await records.audit()).findings, []);
    records.files.set(paths[0] ?? '', '{}');
    assert.match((await records.audit()).findings.join(), /acknowledged_20261124T030610Z\.json: was altered/);
  });

  it('of a coming deployment is a row, counted from when it was told', async () => {
    const records = createMemoryRecords();
    const stages = [{ environment: 'production', onCall: { toldAt: tuesday } }];
    const progressOf = () => Promise.resolve(aRelease({}, { stages }).progress);
    const tools = { records, workflows: { standing: () => Promise.resolve(standing()), progressOf } };
    await recordAcknowledgement(tools, { service: 'shop', changeId, by: 'dave', at: after(tuesday, seconds(40)) });
    assert.match(
      records.files.get('docs/change-log.md') ?? '',
      /\| acknowledged by dave \(on-call\), after 40 s \|.*\| known \|/,
    );
    assert.deepEqual((await records.audit()).findings, []);
  });

  it('that came before its rollback was recorded is in the timeline of the incident, and no other', async () => {
    const workflows = {
      standing: () =>
        Promise.resolve(
          standing([
            { changeId, by: 'dave', at: at(-600) },
            { changeId: 'change-20261124-02', by: 'dave', at: at(20) },
            { changeId, by: 'dave', at: at(20), comment: 'seen' },
          ]),
        ),
    };
    const acknowledged = await acknowledgedBefore(workflows, { service: 'shop', changeId }, told.outcome);
    const records = createMemoryRecords();
    await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: { ...told, acknowledged } });
    const page = records.files.get(`${incident}/incident.md`) ?? '';
    assert.match(page, /\| 2026-11-24 03:04:20 \|  \| acknowledged by dave, 20 s after the demand: seen \|/);
    assert.equal(page.match(/acknowledged by/g)?.length, 1);
    const [log] = [...records.files].filter(([path]) => path.startsWith('logs/deployments/'));
    assert.equal((JSON.parse(log?.[1] ?? '') as DeployLog).acknowledged?.length, 1);
  });

  it('that a mailbox cannot tell of now keeps no record from being written', async () => {
    const workflows = { standing: () => Promise.reject(new Error('no worker')) };
    assert.deepEqual(await acknowledgedBefore(workflows, { service: 'shop', changeId }, told.outcome), []);
  });
});
