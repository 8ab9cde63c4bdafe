import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { judgeReadiness } from '../../activities/judge-readiness.js';
import { createTelemetry } from '../../src/adapters/checks/telemetry.js';
import { aConfig } from '../support/front-door.js';
import { requestOf } from '../support/load.js';
import { localWorld, place } from '../support/local-world.js';
import { anArtifact, tuesday } from '../support/orders.js';
import { until } from '../support/until.js';

/** The checklist's item by what really runs: processes, their proxy's counters, the logs that their host keeps. */
describe('observability of a service on this machine', () => {
  let world: Awaited<ReturnType<typeof localWorld>>;
  before(async () => {
    world = await localWorld();
  });
  after(() => world.end());

  async function judged(traces?: string) {
    const { services, ...config } = aConfig();
    const web = { ...services['shop']!, ...(traces !== undefined && { observability: { traces } }) };
    const parts = { config: { ...config, directory: world.folder, services: { web } }, variables: process.env };
    const { items } = await judgeReadiness(
      {
        ...{ fleet: world.fleet, metrics: world.metrics },
        telemetry: createTelemetry({ ...parts, dataDir: world.dataDir }),
        database: { restoreTested: () => Promise.resolve(undefined) },
        workflows: { standing: () => Promise.resolve(undefined) },
      },
      {
        ...{ place, policy: { observability: {} }, now: tuesday },
        ...{ artifact: anArtifact(), changeId: 'change-20261124-01', rehearsedIn: [] },
      },
    );
    return items[0] ?? assert.fail('the item is asked for');
  }

  it('holds before anything runs, by its metrics alone', async () => {
    const { state, reason } = await judged();
    assert.equal(state, 'holds', reason);
    assert.match(reason, /nothing runs in staging yet/);
  });

  it('is missing while it has counted nobody and logged nothing, and says both', async () => {
    const artifact = await world.artifact('1.0.0');
    const fence = (step: string) => ({ key: `rollout/1/${step}`, generation: 1 });
    await world.fleet.start({ place, artifact, instances: 1, fence: fence('start') });
    await world.traffic.shift({ place, share: 100, fence: fence('shift') });
    await world.fleet.adopt({ place, digest: artifact.digest, fence: fence('adopt') });
    const { state, reason } = await judged();
    assert.equal(state, 'missing');
    assert.match(reason, /no request to web in staging is counted: .*\. .+ of web in staging has written no log/);
  });

  it('is missing while its log is empty, and holds as soon as it says something', async () => {
    const { url } = await world.traffic.read(place);
    await requestOf({ url: `${url}/x` });
    const { state, reason } = await judged();
    assert.equal(state, 'missing');
    assert.match(reason, /^observability: \S+ of web in staging has written no log/);
    await requestOf({ url: `${url}/say` });
    await until(async () => (await judged()).state === 'holds');
    assert.match((await judged()).reason, /metrics arrive: 2 requests counted; 1 instance wrote 20 bytes of logs/);
  });

  it('takes traces where a command is to tell of them', async () => {
    assert.match(
      (await judged('echo no spans of $SERVICE; exit 1')).reason,
      /traces of web in staging do not arrive: .* no spans of web/,
    );
    const { state, reason } = await judged('echo 3 spans');
    assert.equal(state, 'holds');
    assert.match(reason, /traces arrive: 3 spans/);
  });
});
