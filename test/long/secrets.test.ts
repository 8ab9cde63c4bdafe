import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type KnownSecret, type SecretsOrder, type SecretsStanding, type SecretUse } from '../../src/domain/secret.js';
import { releaseQueue, schedules, workflowTypes } from '../../src/messages.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { aSecret } from '../support/rotations.js';
import { openSkippingTime } from '../support/skipping-time.js';

const elsewhere: SecretUse = { purpose: 'database of shop in staging', reader: 'environment/staging' };
const known: KnownSecret = { ...aSecret, uses: [...aSecret.uses, elsewhere] };

/** One secret with a value in production and in staging; there are no workers of staging. */
describe('the rotation of secrets', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  /** Lets no time be skipped but what is asked for: what is due in 90 days shall not be due. */
  let client: Client;
  before(async () => {
    time = await openSkippingTime();
    client = new Client({ connection: time.connection });
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [] }, { secrets: [known] });
    slipway.secrets.values.set(known.name, 'old');
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  /** Staging is waited for until it is silent. */
  async function ask(order: Pick<SecretsOrder, 'how' | 'rotation'>, workflowId: string = order.how) {
    const asked = client.workflow.execute<(of: SecretsOrder) => Promise<SecretsStanding>>(workflowTypes.secrets, {
      ...{ workflowId, taskQueue: releaseQueue },
      args: [{ by: 'oscar', reports: [], ...order }],
    });
    const [standing] = await Promise.all([asked, time.sleep('6s')]);
    return standing;
  }
  const rotated = async (workflowId: string) => {
    const at = new Date(await time.currentTimeMs()).toISOString();
    const rotation = { secret: known.name, by: 'oscar', reason: 'it was due', at };
    const { secrets } = await ask({ how: 'record', rotation }, workflowId);
    return secrets[0];
  };

  it('that is owed is told by its schedule, with who must do it and by which command', async () => {
    await ask({ how: 'remind' }, schedules.secrets);
    await recordHistory({ client: () => Promise.resolve(client) }, schedules.secrets, 'rotation-owed--secrets');
    assert.equal(slipway.told.length, 1);
    assert.match(slipway.told[0]?.text ?? '', /service-owner replaces it, then: slipway rotated SHOP_DATABASE_URL/);
  });

  it('is recorded once it is said, with what each reader found; silence is shown as such', async () => {
    const secret = await rotated('first');
    assert.equal(secret?.state, 'in-time');
    assert.deepEqual(
      secret.readers.map(({ sees }) => sees),
      ['unknown', 'unheard'],
    );
    const record = slipway.records.files.get(
      [...slipway.records.files.keys()].find((path) => path.includes('rotations')) ?? '',
    );
    assert.ok(record?.includes('environment/production') && !record.includes('"old"'), record);
  });

  it('is seen to have arrived where the value is another one, without a release', async () => {
    slipway.secrets.values.set(known.name, 'new');
    const secret = await rotated('second');
    assert.equal(secret?.readers[0]?.sees, 'new', secret?.readers[0]?.reason);
  });

  it('that is not due is nothing to be told of', async () => {
    const before = slipway.told.length;
    await ask({ how: 'remind' }, 'again');
    assert.equal(slipway.told.length, before);
  });
});
