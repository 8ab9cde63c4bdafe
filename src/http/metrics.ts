import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { foundNow, type FoundParts } from './found.js';

export type DoorMetrics = ReturnType<typeof createMetrics>;

/** Figures of the front door. The engine is asked when somebody looks, and a look never fails because it does not answer. */
export function createMetrics({ desk, ...parts }: FoundParts) {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'slipway_http_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['method', 'route', 'status'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'slipway_http_request_duration_seconds',
    help: 'How long answers took; of a stream, how long it lasted.',
    labelNames: ['method', 'route'] as const,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const up = new Gauge({ name: 'slipway_engine_up', help: '1 while the engine answers.', registers });
  const latest = new Gauge({
    name: 'slipway_latest_releases',
    help: 'The latest 100 releases, by state.',
    labelNames: ['state'] as const,
    registers,
  });

  const alerts = new Counter({
    name: 'slipway_alerts_total',
    help: 'Alerts that were told here, by what came of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const findings = new Gauge({
    name: 'slipway_findings',
    help: 'What is not in order, or waits for people, by environment, service and kind.',
    labelNames: ['environment', 'service', 'kind'] as const,
    registers,
  });

  return {
    contentType: registry.contentType,
    answered(of: { method: string; route: string; status: number; seconds: number }): void {
      const { method, route, status, seconds } = of;
      requests.inc({ method, route, status: String(status) });
      duration.observe({ method, route }, seconds);
    },
    alerted(outcome: string): void {
      alerts.inc({ outcome });
    },
    async text(): Promise<string> {
      await look();
      return await registry.metrics();
    },
  };

  async function look(): Promise<void> {
    latest.reset();
    const page = await desk.list({ limit: 100 }).catch(() => undefined);
    up.set(page ? 1 : 0);
    findings.reset();
    for (const { environment, service, kind } of await foundNow({ desk, ...parts }).catch(() => []))
      findings.inc({ environment, service, kind });
    for (const { state } of page?.releases ?? []) latest.inc({ state });
  }
}
