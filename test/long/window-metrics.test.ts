import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import type { Load } from '../../src/demo/load.js';
import { days, minutes, seconds } from '../../src/domain/duration.js';
import { isHere, openPrometheus } from '../support/alertmanager.js';
import { chanceOf } from '../support/chance.js';
import { deployLogOf } from '../support/deploy-log.js';
import { recordHistories } from '../support/histories.js';
import { opened } from '../support/opened.js';
import { slipway } from '../support/slipway-cli.js';
import { openStage, type Stage, type View } from '../support/stage.js';
import { openTargets, type Targets } from '../support/targets.js';

const canary = '{ kind: canary, shares: [25, 100], window: 16s, afterwards: 14s, every: 1s }';
const metrics = `metrics: {
      orders: { query: 'avg(avg_over_time(orders{version="{{version}}"}[1s]))', direction: decrease, unit: "€" },
      sales: { query: sum(sales), forecast: { same: 1w, within: 20% }, direction: decrease, critical: true },
      queue: { query: sum(queue), at-most: 5, dry-run: true } }`;
const here = (await isHere('prometheus')) && (await isHere('promtool'));

/** What the shop sold a week ago, a sample every 15 s: some 100 a look. */
function aWeekAgo(): string {
  const from = Date.now() - days(7) - minutes(10);
  const samples = Array.from(
    { length: 240 },
    (_, i) => `sales ${100 + ((i * 7) % 5)} ${(from + i * seconds(15)) / 1_000}`,
  );
  return ['# TYPE sales gauge', ...samples, '# EOF', ''].join('\n');
}

/** A whole Slipway whose windows ask a real Prometheus what customers bought, and what they bought a week ago. */
describe('releases judged by any metric', { skip: !here, concurrency: 1, timeout: 400_000 }, () => {
  let folder: string;
  let targets: Targets;
  let prometheus: Awaited<ReturnType<typeof openPrometheus>>;
  let stage: Stage;
  let load: Load | undefined;
  let moving: NodeJS.Timeout | undefined;
  /** What an order of a version is worth, and what the shop sells. */
  const worth: Record<string, number> = { '1.0.0': 100, '1.1.0': 100, '1.2.0': 60, '1.3.0': 100 };
  let sales = 100;
  const chance = chanceOf(11);

  function move(): void {
    for (const [version, value] of Object.entries(worth))
      targets.tell({ version, pod: 'a' }, String(value + chance() * 7), 'orders');
    targets.tell({ pod: 'a' }, String(sales + chance() * 5), 'sales');
    targets.tell({ pod: 'a' }, '9', 'queue');
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-'));
    targets = await openTargets();
    move();
    moving = setInterval(move, 200);
    const lanes = `{ job_name: lanes, file_sd_configs: [{ files: ["${folder}/targets/*.json"], refresh_interval: 1s }] }`;
    const shop = `{ job_name: shop, honor_labels: true, static_configs: [{ targets: ["${targets.host}"] }] }`;
    prometheus = await openPrometheus(
      {
        'prometheus.yml': `global: { scrape_interval: 500ms, scrape_timeout: 400ms }\nscrape_configs: [${lanes}, ${shop}]\n`,
        'rules.yml': 'groups: []\n',
      },
      aWeekAgo(),
    );
    const source = `metrics: { prometheus: { url: "${prometheus.url}", scrape-interval: 2s } }`;
    stage = await openStage(
      { shop: canary },
      { environments: ['production'], latency: '30s', production: source, criteria: metrics },
    );
    await symlink(join(stage.dataDir, 'prometheus'), join(folder, 'targets'));
    load = await opened(stage, 'shop', { requestsPerSecond: 40 });
  });
  after(async () => {
    clearInterval(moving);
    await load?.stop();
    await targets.close();
    await prometheus.close();
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('doctor asks each query as a window would, and says which is wrong', async () => {
    const config = join(stage.directory, 'slipway.yml');
    const found = await doctor(config);
    assert.match(found['metric orders of shop in production'] ?? '', /^true 10\d/);
    assert.match(found['metric sales, its forecast, of shop in production'] ?? '', /^true 10\d/);
    const wrong = join(stage.directory, 'wrong.yml');
    await writeFile(wrong, (await readFile(config, 'utf8')).replace('sum(queue)', 'sum(queue'));
    const mend = (await doctor(wrong))['metric queue of shop in production'] ?? '';
    await rm(wrong);
    assert.match(
      mend,
      /^false .*does not take sum\(queue: .*unclosed left parenthesis.* mend the query under criteria: metrics$/,
    );
  });

  it('a good one is adopted: each window says by which samples, with which p', async () => {
    const view = await stage.carry('shop', '1.1.0');
    const [first, last] = (await deployLogOf(stage, view, 'succeeded')).observations;
    const table = first?.metrics?.map(({ name, verdict, shown_only: dry }) => [name, verdict, dry]);
    assert.deepEqual(table, [
      ['orders', 'pass', undefined],
      ['sales', 'pass', undefined],
      ['queue', 'fail', true],
    ]);
    const [orders, sold] = first?.metrics ?? [];
    assert.ok((orders?.p ?? 0) > 0.01 && (orders?.samples.stable ?? 0) >= 10);
    assert.match(
      sold?.reason ?? '',
      /^sales: median 10\S+, wanted at least 8\S+ \(20 % of the forecast's 10\S+\); \d+ samples$/,
    );
    assert.match(last?.verdict.reason ?? '', /orders: not worse beyond .* sales: median/);
    assert.ok((last?.metrics?.[0]?.samples.stable ?? 0) >= 10, 'what 1.0.0 was worth before all traffic was on 1.1.0');
    assert.match(await transcriptOf(view), /### Metrics\n\n\| step \| metric \|/);
    await recordHistories(stage, 'shop', view.changeId, 'judged-by-metrics');
  });

  it('a worse one is taken back before its window ends, though no request fails; the incident shows why', async () => {
    const view = await stage.carry('shop', '1.2.0');
    const log = await deployLogOf(stage, view, 'rolled-back');
    const reason = log.observations[0]?.verdict.reason ?? '';
    assert.match(
      reason,
      /^orders: worse than the stable lane at more looks than chance brings \(p .* over all looks, at most 0\.01 ends the window\); last 6\S+ € beside 10\S+ €, /,
    );
    const page = await readFile(join(stage.directory, log.rollback?.incident ?? ''), 'utf8');
    assert.match(page, /\| 04-observe \| orders \| \d+ beside \d+ \| p .* of 0\.01 \| fail: /);
    const figure = await readFile(join(stage.directory, log.rollback?.incident ?? '', '..', '04-observe.svg'), 'utf8');
    assert.match(figure, /orders \(€\)/);
    const again = await slipway(['judge', '--replay', view.changeId], { cwd: stage.directory });
    assert.equal(again.code, 3, again.err);
    assert.match(again.out, /then +fail +orders: worse[^\n]*\n +now +fail +orders: worse than the stable lane/);
    await recordHistories(stage, 'shop', view.changeId, 'taken-back-by-a-metric', ['rollout']);
  });

  it('one in whose window the shop sells half of last week is taken back', async () => {
    const changeId = await stage.release('shop', '1.3.0');
    await stage.approve(changeId);
    sales = 50;
    const view = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    const [seen] = (await deployLogOf(stage, view, 'rolled-back')).observations;
    assert.match(seen?.verdict.reason ?? '', /^sales: worse than allowed at more looks .* last 5\S+ beside 10/);
  });

  async function doctor(config: string): Promise<Readonly<Record<string, string>>> {
    const cli = new URL('../../src/cli/main.js', import.meta.url).pathname;
    const { stdout } = await execa(process.execPath, [cli, 'doctor', '--json', '--config', config], { reject: false });
    const { findings } = JSON.parse(stdout) as {
      findings: readonly { what: string; well: boolean; found: string; todo?: string }[];
    };
    return Object.fromEntries(findings.map(({ what, well, found, todo = '' }) => [what, `${well} ${found} ${todo}`]));
  }

  async function transcriptOf({ changeId }: View): Promise<string> {
    const archive = join(stage.directory, 'artifacts/integration/deployment-archive');
    const names = await readdir(archive, { recursive: true });
    const name = names.find((one) => one.includes(changeId) && one.endsWith('transcript.md'));
    assert.ok(name, names.join(', '));
    return await readFile(join(archive, name), 'utf8');
  }
});
