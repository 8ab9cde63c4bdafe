import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import type { Load } from '../../src/demo/load.js';
import { between, spoken } from '../../src/domain/duration.js';
import { isHere, openAlertmanager, openPrometheus } from '../support/alertmanager.js';
import { eventually } from '../support/eventually.js';
import { closedWhole } from '../support/invariants.js';
import { opened } from '../support/opened.js';
import { openStage, type Stage, type View } from '../support/stage.js';

const shipped = (name: string): Promise<string> => readFile(`.config/alerts/${name}`, 'utf8');
const patient = '{ kind: canary, shares: [25, 100], window: 10m, afterwards: 2s, every: 1s }';
const here = (await isHere('prometheus')) && (await isHere('prometheus-alertmanager'));

describe('the shipped files', { skip: !here }, () => {
  it('are what promtool and amtool take for right', async () => {
    await execa('promtool', ['check', 'rules', '.config/alerts/rules.yml']);
    await execa('promtool', ['check', 'config', '--syntax-only', '.config/alerts/prometheus.yml']);
    await execa('amtool', ['check-config', '.config/alerts/alertmanager.yml']);
  });

  it('fire when they should and not otherwise: the cases are beside them', async () => {
    await execa('promtool', ['test', 'rules', 'test/alerts/rules.test.yml']);
  });

  it('tell a release within five seconds', async () => {
    const [, wait = ''] = /group_wait: (\d+)s/.exec(await shipped('alertmanager.yml')) ?? [];
    assert.ok(Number(wait) <= 5 && wait !== '');
  });
});

/** From a fault that users meet to traffic that is safe, through a real Prometheus and Alertmanager with the shipped files. */
describe('a fault that only alerts see', { skip: !here, concurrency: 1, timeout: 300_000 }, () => {
  let stage: Stage;
  let load: Load;
  let folder: string;
  const open: { close(): Promise<void> }[] = [];
  before(async () => {
    stage = await openStage({ shop: patient }, { environments: ['production'], latency: '30s', tolerance: '90%' });
    load = await opened(stage, 'shop', { requestsPerSecond: 60 });
    folder = await mkdtemp(join(tmpdir(), 'slipway-'));
    const token = join(folder, 'token');
    await writeFile(token, stage.token('dave'), { mode: 0o600 });
    const route = (await shipped('alertmanager.yml'))
      .replace('http://127.0.0.1:7070', stage.url())
      .replace('/etc/alertmanager/slipway-token', token);
    const manager = await openAlertmanager(route);
    open.push(manager);
    const scraping = (await shipped('prometheus.yml'))
      .replace('127.0.0.1:9093', new URL(manager.url).host)
      .replace('127.0.0.1:7070', new URL(stage.url()).host)
      .replace('/var/lib/slipway', stage.dataDir);
    const prometheus = await openPrometheus({ 'prometheus.yml': scraping, 'rules.yml': await shipped('rules.yml') });
    open.push(prometheus);
    await eventually('the lanes are read', async () => {
      const asked = `${prometheus.url}/api/v1/query?query=${encodeURIComponent('slipway_requests_total{lane="stable"}')}`;
      const { data } = (await (await fetch(asked)).json()) as { data: { result: readonly unknown[] } };
      return data.result.length > 0 || undefined;
    });
  });
  after(async () => {
    for (const one of open.toReversed()) await one.close();
    await load.stop();
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes from rule to route to rollback, and is safe', async (t) => {
    const changeId = await started('2.0.0');
    const view = await closedWhole(stage, 'shop', changeId);
    assert.equal(view.state, 'rolled-back', view.outcome?.reason);
    const { demand, exposedAt, safeAt } = rollbackOf(view);
    assert.deepEqual([demand.by, demand.cause], ['dave', 'alert']);
    assert.match(
      demand.reason,
      /^alert SlipwayCandidateErrors \(critical\): .*% of the answers of shop 2\.0\.0 are errors/,
    );
    const [alert] = await alertsTold();
    assert.equal(alert?.changeId, changeId);
    const [whole, ours] = [between(exposedAt, safeAt), between(alert.at, safeAt)];
    t.diagnostic(
      `fault to safe ${spoken(whole)}: to the rule ${spoken(between(exposedAt, alert.startsAt))}, to the webhook ${spoken(between(alert.startsAt, alert.at))}, ours ${spoken(ours)} (${((100 * ours) / whole).toFixed(1)} %)`,
    );
  });

  it('fault 4: told while the engine hangs and is killed, it is told again until it is heard, and goes back once', async () => {
    const changeId = await started('1.2.0');
    const { engine } = await stage.pids();
    const alert = {
      labels: { alertname: 'Down', service: 'shop', environment: 'production', severity: 'critical' },
      ...{ status: 'firing', annotations: { summary: 'nobody can pay' }, fingerprint: 'down' },
      startsAt: new Date().toISOString(),
    };
    process.kill(engine, 'SIGSTOP');
    const statuses: number[] = [];
    const tellIt = async (): Promise<true | undefined> => {
      const body = { version: '4', groupKey: 'g', alerts: [alert] };
      const { status } = await stage.ask('dave', 'POST', '/v1/alerts/alertmanager', body);
      statuses.push(status);
      if (status === 503) process.kill(engine, 'SIGKILL');
      return status === 200 || undefined;
    };
    await Promise.all([1, 2, 3].map(() => eventually('it is heard', tellIt, { within: 120_000 })));
    assert.deepEqual(
      statuses.filter((status) => status !== 200 && status !== 503),
      [],
    );
    assert.ok(statuses.includes(503), statuses.join(' '));
    const view = await closedWhole(stage, 'shop', changeId);
    assert.equal(view.state, 'rolled-back', view.outcome?.reason);
    assert.match(rollbackOf(view).demand.reason, /^alert Down \(critical\): nobody can pay/);
  });

  async function started(version: string): Promise<string> {
    const changeId = await stage.release('shop', version);
    await stage.approve(changeId);
    await stage.until(changeId, 'users are on it', ({ rollouts, closedAt }) => {
      return closedAt !== undefined || rollouts.some(({ share, state }) => share > 0 || state !== 'running');
    });
    return changeId;
  }

  async function alertsTold() {
    const { body } = await stage.ask('dave', 'GET', '/v1/alerts');
    const alerts = body['alerts'] as readonly { changeId?: string; outcome: string; at: string; startsAt: string }[];
    return alerts.filter(({ outcome }) => outcome === 'demanded');
  }
});

interface Rollback {
  readonly demand: { readonly by: string; readonly cause: string; readonly reason: string; readonly at: string };
  readonly exposedAt: string;
  readonly safeAt: string;
}

function rollbackOf(view: View): Rollback {
  const stages = view['stages'] as readonly { readonly outcome?: { readonly rollback?: Rollback } }[];
  const rollback = stages.find(({ outcome }) => outcome?.rollback)?.outcome?.rollback;
  assert.ok(rollback, 'nothing went back');
  return rollback;
}
