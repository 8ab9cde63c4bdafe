import { type Milliseconds, spoken } from '../domain/duration.js';
import type { DemoRelease } from './play.js';
import { dataPhrase } from './promises.js';

/** What the demo came to; `slipway demo --json` prints it. */
export interface DemoSummary {
  readonly profile: string;
  readonly durationMs: Milliseconds;
  /** Of the acts that were played, in order. */
  readonly releases: readonly DemoRelease[];
  readonly leftOut: readonly LeftOut[];
  readonly audit: { readonly verified: boolean };
}

/** An act that was not played, counted from 1; why, and how to have it. */
export interface LeftOut {
  readonly act: number;
  readonly reason: string;
}

/** The summary as people read it; `links` lead to the releases' pages in the Temporal UI. */
export function told(
  { releases, leftOut, audit, durationMs }: DemoSummary,
  { governance, links }: { readonly governance: string; readonly links: readonly string[] },
): string {
  const records = releases
    .flatMap((release) => release.records)
    .filter((path) => /incident\.md|DEC-|transcript/.test(path));
  return [
    '',
    `── ${(durationMs / 1_000).toFixed(1)} s; the records' hash chain ${audit.verified ? 'verifies' : 'DOES NOT VERIFY'}; profile demo: windows compressed`,
    ...releases.flatMap(releaseLines),
    ...leftOut.map(({ act, reason }) => `  act ${act} was left out: ${reason}`),
    '',
    `Records in ${governance}:`,
    ...['docs/change-log.md', ...new Set(records)].map((path) => `  ${path}`),
    '',
    'Look again: in that folder run `slipway start`, then open',
    ...links.map((link) => `  ${link}`),
  ].join('\n');
}

function releaseLines({ version, outcome, changeId, clientRequests, data, ...times }: DemoRelease): readonly string[] {
  const { sent, failed } = clientRequests;
  const { timeToDetectMs = 0, timeToSafeMs } = times;
  const found = data ? 'taken back' : 'found out';
  const back =
    timeToSafeMs === undefined ? '' : `, ${found} after ${spoken(timeToDetectMs)}, safe ${spoken(timeToSafeMs)} later`;
  return [
    `  shop ${version}  ${outcome.padEnd(11)} ${changeId}  ${failed} of ${sent} customer requests failed${back}`,
    ...(data ? [`              ${dataPhrase(data)}`] : []),
  ];
}
