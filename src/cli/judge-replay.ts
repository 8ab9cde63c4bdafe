import * as z from 'zod';
import { createGovernanceRecords } from '../adapters/governance/records.js';
import type { Config } from '../config/config.js';
import { judgeAgain, type RecordedWindow, windowAt } from '../domain/decisions/replay.js';
import { graver, pass, type Verdict } from '../domain/verdict.js';

/** A window of a past release: what was said of it, and what would be said today. */
export interface Replayed {
  readonly environment: string;
  readonly step: string;
  readonly share: number;
  readonly from: string;
  readonly to: string;
  readonly then: Verdict;
  readonly now: Verdict;
}

/** A release that is judged again. `altered` are deploy logs that are no longer what was recorded. */
export interface Replay {
  readonly changeId: string;
  readonly verdict: Verdict;
  readonly windows: readonly Replayed[];
  readonly altered: readonly string[];
}

const verdict = z.looseObject({
  kind: z.enum(['pass', 'fail', 'inconclusive', 'no-data', 'error']),
  reason: z.string(),
});

/** A deploy log, as far as windows are judged again by it; it is known by its hash, so that the rest is as it was written. */
const deployLog = z.looseObject({
  service: z.string(),
  environment: z.string(),
  observations: z.array(
    z.looseObject({
      step: z.string(),
      share: z.number(),
      from: z.string(),
      to: z.string(),
      verdict,
      judged_by: z.custom<NonNullable<RecordedWindow['judgedBy']>>().optional(),
      series: z.custom<NonNullable<RecordedWindow['series']>>().optional(),
      metric_points: z.custom<NonNullable<RecordedWindow['metrics']>>().optional(),
    }),
  ),
});

/** Judges all windows of a release by the configuration of today; nothing where no deploy log of it is recorded. */
export async function replayRelease(config: Config, changeId: string): Promise<Replay | undefined> {
  const records = createGovernanceRecords({ directory: config.directory });
  const entries = await records.entriesOf(changeId);
  const logs = entries.flatMap(({ paths }) => paths.filter((path) => path.startsWith('logs/deployments/')));
  if (logs.length === 0) return undefined;
  const files = await records.read(logs);
  const intact = files.filter((file) => file.intact);
  const windows = intact.flatMap(({ text }) => replayed(deployLog.parse(JSON.parse(text)), config));
  const whole = windows.length === 0 ? { kind: 'no-data' as const, reason: 'no window was recorded' } : worst(windows);
  const altered = logs.filter((path) => !intact.some((file) => file.path === path));
  return { changeId, verdict: whole, windows, altered };
}

function replayed({ service, environment, observations }: z.output<typeof deployLog>, config: Config): Replayed[] {
  const strategy = config.services[service]?.stages[environment]?.strategy;
  return observations.map(
    ({ step, share, from, to, verdict: then, judged_by: judgedBy, series, metric_points: metrics }) => {
      const recorded = {
        ...{ from, share, verdict: then },
        ...(judgedBy && { judgedBy }),
        ...(series && { series }),
        ...(metrics && { metrics }),
      };
      const { kind, reason } = judgeAgain(recorded, strategy && windowAt(strategy, share));
      return {
        environment,
        step,
        share,
        from,
        to,
        then: { kind: then.kind, reason: then.reason },
        now: { kind, reason },
      };
    },
  );
}

function worst(windows: readonly Replayed[]): Verdict {
  const passing = windows.filter(({ now }) => now.kind === 'pass').length;
  return windows.map(({ now }) => now).reduce(graver, pass(`${passing} of ${windows.length} windows pass`));
}
