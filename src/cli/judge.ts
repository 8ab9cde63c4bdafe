import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { toProblem } from '../config/problems.js';
import { readAs, type Reading } from '../config/read.js';
import {
  type CanaryScore,
  classifyMetric,
  type MetricVerdict,
  scoreCanary,
} from '../domain/decisions/judging/index.js';
import { counted } from '../domain/counted.js';
import { graver, pass, type Verdict, type VerdictKind } from '../domain/verdict.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import { said } from './findings.js';
import { columns } from './format.js';
import { type JudgeFile, judgeFile, judgeFlags } from './judge-file.js';
import { replayRelease } from './judge-replay.js';
import { metricsOf } from './judge-metrics.js';
import { configOrEnd, settingsOrEnd } from './reading.js';
import { print, tell } from './verb.js';

const exits: Readonly<Record<VerdictKind, ExitCode>> = {
  pass: exitCodes.ok,
  error: exitCodes.fault,
  fail: exitCodes.rolledBack,
  'no-data': exitCodes.notFound,
  inconclusive: exitCodes.waiting,
};

const help = `
Examples:
  slipway judge window.json
  slipway judge window.json --alpha 0.001 --tolerance 10%
  slipway judge --replay change-20261124-03   # what today's slipway.yml would have said of its windows
  curl -s … | slipway judge - --json | jq .verdict

The file:
  { "metrics": [
    { "name": "latency", "unit": "ms", "direction": "increase", "tolerance": "5%", "critical": true,
      "stable": [210, 208, null, …], "candidate": [215, 219, 222, …] },
    { "name": "errors", "stable": { "requests": […], "errors": […] }, "candidate": { "requests": […], "errors": […] } },
    { "name": "orders", "bound": { "kind": "forecast", "series": […], "tolerance": "10%" }, "candidate": […] } ],
    "scoring": { "pass": 75, "marginal": 50, "weights": { "latency": 60 } }, "mode": "strict" or "kayenta" }
  null is a look that brought nothing. What a metric may say is in src/domain/decisions/judging/README.md.

Exit codes:
  0  pass
  1  error: a source could not be asked; with --replay also: a deploy log is not what was recorded
  2  the command line or the file is wrong
  3  fail: the release would go back
  5  no data
  7  inconclusive: a person would be asked
`;

interface JudgeFlags {
  readonly alpha?: string;
  readonly tolerance?: string;
  readonly minSamples?: string;
  readonly mode?: string;
  readonly json?: boolean;
}

interface ReplayFlags {
  readonly replay?: string;
  readonly config?: string;
}

/** `slipway judge`: what the judge says of recorded samples, and what it would say by other thresholds. */
export function judgeCommand(program: Command): void {
  program
    .command('judge [file]')
    .summary('judge recorded samples, and what other thresholds would say')
    .description(
      'Judges the samples of both lanes in a JSON file, - for standard input; or the windows of a past release, from what\n' +
        'its deploy logs keep, by the configuration of today. Needs no running Slipway.',
    )
    .option('--replay <change>', 'judge the windows of this release again, instead of a file')
    .option(
      '--config <file>',
      'with --replay: the configuration in the governance repository, ./slipway.yml unless said',
    )
    .option('--alpha <rate>', 'the false-alarm rate of every metric, instead of the file’s; 0.01 unless said')
    .option('--tolerance <fraction>', 'how much worse is allowed, as 5%, instead of the file’s')
    .option('--min-samples <n>', 'samples needed of each lane, instead of the file’s')
    .option('--mode <mode>', 'strict, or kayenta: by the rules of Spinnaker’s judge, silence and all')
    .option('--json', 'the verdicts as one JSON object on standard output')
    .addHelpText('after', help)
    .action(judge);
}

async function judge(file: string | undefined, asked: JudgeFlags & ReplayFlags): Promise<void> {
  const { replay: changeId, config, ...flags } = asked;
  const other = Object.keys(flags).filter((flag) => flag !== 'json');
  if (changeId !== undefined && file === undefined && other.length === 0) {
    await replay(changeId, asked);
    return;
  }
  if (file === undefined || changeId !== undefined || config !== undefined) {
    tell(
      'met neither a file nor a release, or both; wanted slipway judge FILE, or slipway judge --replay CHANGE [--config FILE]',
    );
    process.exitCode = exitCodes.usage;
    return;
  }
  const read = await readJudgeFile(file, flags);
  if (!read.ok) {
    for (const problem of read.problems.slice(0, mostProblems)) tell(problem);
    if (read.problems.length > mostProblems) tell(`and ${read.problems.length - mostProblems} more`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const metrics = metricsOf(read.file).map(classifyMetric);
  const score = scored(metrics, read.file);
  const verdict: Verdict = score ?? worst(metrics);
  print(flags, { verdict: { kind: verdict.kind, reason: verdict.reason }, ...(score && { score }), metrics }, [
    `${verdict.kind}: ${score?.reason ?? kindsOf(metrics)}`,
    ...columns(metrics.map(line)),
  ]);
  process.exitCode = exits[verdict.kind];
}

async function replay(changeId: string, { config: file, ...flags }: ReplayFlags & JudgeFlags): Promise<void> {
  const { configFile } = settingsOrEnd(file === undefined ? {} : { configFile: file });
  const found = await replayRelease(await configOrEnd(configFile), changeId);
  if (!found) {
    tell(`no deploy log of ${changeId} is recorded here; \`slipway status\` and docs/change-log.md name releases`);
    process.exitCode = exitCodes.notFound;
    return;
  }
  for (const path of found.altered) tell(`${path} is missing, or is not what was recorded: left out`);
  print(flags, found, [
    `${found.verdict.kind}: ${found.verdict.reason}`,
    ...columns(
      found.windows.flatMap(({ environment, step, share, then, now }) => [
        [environment, step, `${share} %`, 'then', then.kind, then.reason],
        ['', '', '', 'now', now.kind, now.reason],
      ]),
    ),
  ]);
  process.exitCode = found.altered.length > 0 ? exitCodes.fault : exits[found.verdict.kind];
}

const mostProblems = 50;
const mostBytes = 32 * 2 ** 20;

type Read =
  { readonly ok: true; readonly file: JudgeFile } | { readonly ok: false; readonly problems: readonly string[] };

async function readJudgeFile(file: string, flags: JudgeFlags): Promise<Read> {
  try {
    const mistyped = problemsOf(readAs(judgeFlags, numbersOf(flags)), (path) => `--${path.replace('minS', 'min-s')}`);
    if (mistyped.length > 0) return { ok: false, problems: mistyped };
    const read = readAs(judgeFile, withFlags(JSON.parse(await textOf(file)), numbersOf(flags)));
    const problems = problemsOf(read, (path) => path);
    if (read.written !== undefined && problems.length === 0) return { ok: true, file: read.written };
    return { ok: false, problems };
  } catch (fault) {
    return { ok: false, problems: [`${file}: ${said(fault)}`] };
  }
}

const problemsOf = ({ findings }: Reading<unknown>, placed: (path: string) => string): readonly string[] =>
  findings.map((finding) => {
    const { path, message } = toProblem(finding, { file: '', line: 0, column: 0 });
    return `${placed(path)}${message.slice(path.length)}`;
  });

/** Reads no more than it may, whatever it is given. */
async function textOf(file: string): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of file === '-' ? process.stdin : createReadStream(file)) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).length;
    if (bytes > mostBytes) throw new Error(`met more than 32 MiB; wanted less`);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The flags that were given, numbers as numbers; anything else is left for the check to name. */
function numbersOf(flags: JudgeFlags): Readonly<Record<string, unknown>> {
  const given = Object.entries(flags).filter(([flag]) => flag !== 'json');
  return Object.fromEntries(given.map(([flag, text]) => [flag, isNumber.test(String(text)) ? Number(text) : text]));
}

const isNumber = /^\d*\.?\d+(e-?\d+)?$/i;

/** What the command line says stands in every metric. */
function withFlags(written: unknown, { mode, ...flags }: Readonly<Record<string, unknown>>): unknown {
  if (!isRecord(written)) return written;
  const metrics: unknown = written['metrics'];
  const next = Array.isArray(metrics)
    ? metrics.map((metric: unknown) => (isRecord(metric) ? { ...metric, ...flags } : metric))
    : metrics;
  return { ...written, metrics: next, ...(mode !== undefined && { mode }) };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function scored(metrics: readonly MetricVerdict[], { mode, scoring }: JudgeFile): CanaryScore | undefined {
  if (scoring === undefined && mode === 'strict') return undefined;
  return scoreCanary(metrics, { mode, pass: 75, marginal: 50, ...scoring });
}

/** Without a score every metric must pass. */
function worst(metrics: readonly MetricVerdict[]): Verdict {
  const judged = metrics.filter(({ dryRun }) => !dryRun);
  if (judged.length === 0) return { kind: 'no-data', reason: 'every metric is a dry run' };
  const passing = judged.filter(({ kind }) => kind === 'pass').length;
  return judged.reduce<Verdict>(graver, pass(`${passing} of ${judged.length} metrics pass`));
}

/** `3 pass, 1 fail, 1 dry run`. */
function kindsOf(metrics: readonly MetricVerdict[]): string {
  const words = metrics.map(({ dryRun, kind }) => (dryRun ? 'dry run' : kind));
  const counts = [...new Set(words)].map((word) => `${words.filter((other) => other === word).length} ${word}`);
  return `of ${counted(metrics.length, 'metric')} ${counts.join(', ')}`;
}

function line({ kind, reason, dryRun, criticalFailure }: MetricVerdict): readonly string[] {
  return [kind, dryRun ? 'dry run' : criticalFailure ? 'critical' : '', reason];
}
