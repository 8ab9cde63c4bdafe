import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { slipway } from '../support/slipway-cli.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'slipway-'))));
after(() => rm(folder, { recursive: true }));

/** Sixty values about `middle`, one per cent up and down. */
const about = (middle: number) =>
  Array.from({ length: 60 }, (_, i) => middle + (middle / 100) * (((i * 37) % 61) / 30 - 1));
const sixty = <T>(value: T) => Array.from({ length: 60 }, () => value);
const counted = (requests: number, errors: number) => ({ requests: sixty(requests), errors: sixty(errors) });

const latency = { name: 'latency', unit: 'ms', direction: 'increase', stable: about(200), candidate: about(201) };
const slower = { ...latency, candidate: about(230) };
const silent = { ...latency, candidate: sixty(null) };
const few = { ...latency, candidate: [200, 201] };
const down = { name: 'cpu', error: 'timeout' };
const errors = { name: 'errors', stable: counted(500, 5), candidate: counted(100, 1) };
const failing = { ...errors, candidate: counted(100, 5) };

async function judged(file: unknown, ...args: string[]) {
  const path = join(folder, 'window.json');
  await writeFile(path, typeof file === 'string' ? file : JSON.stringify(file));
  return await slipway(['judge', path, ...args]);
}
const metrics = (...all: unknown[]) => ({ metrics: all });

describe('slipway judge', () => {
  for (const [what, file, code, says] of [
    [
      'metrics that pass',
      metrics(latency, errors),
      0,
      /^pass: of 2 metrics 2 pass\npass .*latency: not worse beyond 10 ms/,
    ],
    ['a metric that fails', metrics(latency, failing), 3, /fail +errors: 5 % of 6000 requests failed on the candidate/],
    ['a silent candidate', metrics(errors, silent), 5, /no-data +latency: the candidate has brought no value/],
    ['too few samples', metrics(few), 7, /inconclusive +latency: 60 samples of the stable lane and 2 .* 39 of each/],
    ['a source that was down', metrics(latency, down), 1, /error +cpu: the source could not be asked: timeout/],
    ['a failure beside all of these', metrics(silent, { ...down, name: 'x' }, failing), 3, /^fail: of 3 metrics/],
    ['a dry run that fails', metrics(latency, { ...failing, dryRun: true }), 0, /fail +dry run +errors/],
    ['nothing but dry runs', metrics({ ...latency, dryRun: true }), 5, /no-data/],
    ['a critical metric that fails', metrics({ ...slower, critical: true }), 3, /fail +critical +latency/],
    [
      'a score',
      { ...metrics(latency, { ...slower, name: 'other' }), scoring: {} },
      7,
      /^inconclusive: score 50; 75 passes, 50 is marginal; /,
    ],
  ] as const)
    it(`of ${what} ends with ${code}`, async () => {
      const ended = await judged(file);
      assert.deepEqual([ended.code, ended.err], [code, '']);
      assert.match(ended.out, says);
    });

  it('shows what other thresholds would say', async () => {
    assert.equal((await judged(metrics(slower))).code, 3);
    assert.equal((await judged(metrics(slower), '--tolerance', '20%')).code, 0);
    assert.equal((await judged(metrics(slower), '--tolerance', '0.2', '--alpha', '1e-3')).code, 0);
    assert.equal((await judged(metrics(few), '--min-samples', '2')).code, 0);
  });

  it('judges by Kayenta’s rules where that is asked for', async () => {
    const same = { ...latency, candidate: about(200) };
    const file = metrics(same, { ...silent, name: 'quiet' }, { ...same, name: 'third' });
    const { code, out } = await judged(file, '--mode', 'kayenta');
    assert.equal(code, 0);
    assert.match(out, /^pass: score 100 as Kayenta counts/);
    assert.match(out, /no-data +quiet/);
  });

  it('holds a series against a forecast', async () => {
    const bound = { kind: 'forecast', series: about(100), tolerance: '10%', direction: 'decrease' };
    assert.equal((await judged(metrics({ name: 'orders', bound, candidate: about(91) }))).code, 0);
    assert.equal((await judged(metrics({ name: 'orders', bound, candidate: about(85) }))).code, 3);
  });

  it('prints JSON for programs', async () => {
    const { out } = await judged({ ...metrics(slower, errors), scoring: { weights: { all: 100 } } }, '--json');
    const {
      verdict,
      score,
      metrics: all,
    } = JSON.parse(out) as {
      verdict: { kind: string; reason: string };
      score: { score: number; groups: unknown[] };
      metrics: { name: string; kind: string; figures: { samples: { stable: number }; pValue: number } }[];
    };
    assert.deepEqual([verdict.kind, score.score, score.groups.length], ['inconclusive', 50, 1]);
    assert.deepEqual(
      all.map(({ name, kind, figures }) => [name, kind, figures.samples.stable]),
      [
        ['latency', 'fail', 60],
        ['errors', 'pass', 30_000],
      ],
    );
  });

  it('reads standard input', async () => {
    const main = new URL('../../src/cli/main.js', import.meta.url).pathname;
    const run = await execa(process.execPath, [main, 'judge', '-'], {
      input: JSON.stringify(metrics(slower)),
      reject: false,
    });
    assert.equal(run.exitCode, 3);
    assert.match(run.stdout, /^fail: of 1 metric 1 fail/);
  });
});

describe('slipway judge, of what makes no sense, ends with 2 and names', () => {
  const lane = [1, 2, 3];
  const base = { name: 'm', stable: lane, candidate: lane };
  const window = { window: '5m', every: '15s' };
  for (const [what, file, says] of [
    ['a file that is no JSON', 'metrics:', /window\.json: .*JSON/],
    ['a list', [], /met \[\]; wanted settings/],
    ['no metrics', {}, /metrics: met nothing; wanted a list of metrics/],
    ['an empty list', metrics(), /at least one metric/],
    [
      'an unknown word',
      metrics({ ...base, direction: 'up' }),
      /metrics\[0\]\.direction: met "up"; possible: increase, decrease, either/,
    ],
    ['an unknown setting', metrics({ ...base, tolerence: 1 }), /tolerence.*Did you mean tolerance\?/],
    [
      'what is no number',
      metrics({ ...base, stable: [1, '2'] }),
      /metrics\[0\]\.stable\[1\]: met "2"; wanted a number, or null/,
    ],
    [
      'what is no series',
      metrics({ ...base, candidate: 7 }),
      /metrics\[0\]\.candidate: met 7; wanted a list of at most/,
    ],
    [
      'two metrics of one name',
      metrics(base, base),
      /metrics\[1\]\.name: met "m"; wanted a name that no other metric has/,
    ],
    [
      'more errors than requests',
      metrics({ ...errors, candidate: { requests: [5], errors: [6] } }),
      /candidate\.errors\[0\]: met 6; wanted a count, at most the requests/,
    ],
    ['lanes of two kinds', metrics({ ...errors, candidate: lane }), /candidate: .*the same kind of samples/],
    ['a threshold without a bound', metrics({ ...base, test: 'threshold' }), /bound: met nothing; wanted a bound/],
    ['an alpha of 1', metrics({ ...base, alpha: 1 }), /alpha: met 1; wanted a false-alarm rate/],
    [
      'a group without metrics',
      { ...metrics(base), scoring: { weights: { cpu: 50 } } },
      /scoring\.weights\.cpu: .*a group that a metric has: all/,
    ],
    [
      'weights beyond 100',
      { ...metrics({ ...base, groups: ['a', 'b'] }), scoring: { weights: { a: 60, b: 60 } } },
      /not 120/,
    ],
    [
      'a window that cannot bring the samples',
      { ...metrics(base), ...window },
      /window: met "5m"; .*5 min at one sample every 15 s bring 20 samples a lane, and 44 are needed: a window of 11 min/,
    ],
  ] as const)
    it(what, async () => {
      const { code, out, err } = await judged(file);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, says);
    });

  it('everything at once', async () => {
    const { err } = await judged({
      mode: 'x',
      metrics: [
        { ...base, direction: 'up' },
        { name: 'n', tolerance: 'much' },
      ],
    });
    assert.equal(err.split('\n').length, 3);
  });

  it('fifty of many', async () => {
    const { err } = await judged(metrics({ ...base, stable: Array.from({ length: 80 }, () => 'x') }));
    assert.match(err, /and 30 more$/);
  });

  it('a file that is not there, and flags that make no sense', async () => {
    assert.match((await slipway(['judge', join(folder, 'nothing.json')])).err, /nothing\.json: ENOENT/);
    const { code, err } = await judged(metrics(base), '--alpha', '2', '--min-samples', 'x', '--tolerance', 'much');
    assert.equal(code, 2);
    assert.deepEqual(
      err.split('\n').map((line) => line.replace(/;.*/, '')),
      ['--alpha: met 2', '--tolerance: met "much"', '--min-samples: met "x"'],
    );
  });
});
