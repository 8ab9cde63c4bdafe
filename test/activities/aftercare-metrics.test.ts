import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lookAtMetrics, type MetricStretch } from '../../activities/aftercare-metrics.js';
import { createMemoryMetrics } from '../../src/adapters/memory/metrics.js';
import { createMemoryWorld } from '../../src/adapters/memory/world.js';
import { after, hours, minutes } from '../../src/domain/duration.js';
import { Unmeasured } from '../../src/domain/unmeasured.js';
import type { Verdict } from '../../src/domain/verdict.js';
import type { Answer, Question } from '../../src/ports/metrics.js';
import type { WindowMetric } from '../../src/domain/window-metric.js';
import { aMetric } from '../support/metrics.js';
import { aWindow, tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const least = minutes(15);
const queue = aMetric({ name: 'queue', query: 'queue', rule: { kind: 'bounds', atMost: 50, statistic: 'median' } });

/** A day of looks a minute, the source answering so; when it was to go back, and why. */
async function watched(metric: WindowMetric, answer: (minute: number, question: Question) => Answer) {
  const window = aWindow({ for: hours(24), every: minutes(1), metrics: [metric] });
  const asked = new Set<string>();
  let minute = 0;
  const metrics = {
    ...createMemoryMetrics(createMemoryWorld()),
    ask: (_: unknown, questions: readonly Question[]) => {
      for (const { lane } of questions) asked.add(lane);
      return Promise.resolve(questions.map((question) => answer(minute, question)));
    },
  };
  let stretches: readonly MetricStretch[] | undefined;
  let failed: Verdict | undefined;
  for (; minute < 24 * 60 && !failed; minute += 1) {
    const look = { place, window, at: after(tuesday, minutes(minute)), least };
    ({ stretches, failed } = await lookAtMetrics(metrics, look, stretches));
    assert.ok(JSON.stringify(stretches).length < 3_000, 'what is carried stays small');
  }
  return { failed: failed && `${minute} min: ${failed.reason}`, asked: [...asked] };
}

describe('metrics of what was adopted', () => {
  it('are asked for of the lane that all users are on', async () => {
    const { asked, failed } = await watched(queue, () => 20);
    assert.deepEqual([asked, failed], [['stable'], undefined]);
  });

  it('are judged in one stretch after another, so that bad hours do not drown in good ones', async () => {
    const { failed } = await watched(queue, (minute) => (minute < 600 ? 20 : 80));
    assert.match(failed ?? '', /^6[0-2]\d min: queue: /);
  });

  it('of a source that is silent for hours, or cannot be asked, are judged as soon as it answers again', async () => {
    const gone = new Unmeasured('down', 'the Prometheus does not answer');
    for (const nothing of [null, gone]) {
      const { failed } = await watched(queue, (minute) => (minute < 300 ? nothing : 80));
      assert.match(failed ?? '', /^3[0-3]\d min: queue: /);
    }
    assert.equal((await watched(queue, () => gone)).failed, undefined, 'silence alone takes nothing back');
  });

  it('are held against the week before, as of the same moment', async () => {
    const rule = { kind: 'forecast', from: { ago: hours(168) }, direction: 'decrease', statistic: 'median' } as const;
    const sales = aMetric({ rule: { ...rule, tolerance: { mode: 'relative', within: 0.2 } } });
    const course = (at: string) => 100 + 50 * Math.sin((2 * Math.PI * Date.parse(at)) / hours(24));
    const times =
      (worth: number) =>
      (_: number, { at }: Question) =>
        course(at) * (at < tuesday ? 1 : worth);
    assert.equal((await watched(sales, times(0.9))).failed, undefined);
    assert.match((await watched(sales, times(0.6))).failed ?? '', /^\d\d min: orders: /);
  });

  it('whose samples take longer than a stretch are given that time', async () => {
    const rare = { ...queue, every: minutes(5), minSamples: 12 };
    assert.match(
      (await watched(rare, () => 80)).failed ?? '',
      /^(5|6)\d min: queue: median 80 is above 50; 1[23] samples/,
    );
  });
});
