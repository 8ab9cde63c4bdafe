import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { chanceOf } from '../support/chance.js';
import { goldenRuns, type Tried, workOff } from './campaign.js';
import { openLane } from './lane.js';
import { nameOf, type Point, pointsOf, shuffled, type WorkflowKind, workflows } from './points.js';
import { scenarios } from './scenarios.js';

/**
 * `npm run test:faults -- [SCENARIO [WORKFLOW [INDEX]]] [--lanes N] [--minutes N] [--seed N] [--out FILE] [--resume]`:
 * kills the workers at every event. Exit code 0: every point passed; 1: differences; 2: the time was up before the end.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lanes: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '45' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    out: { type: 'string', default: '.build/faults/points.jsonl' },
    resume: { type: 'boolean', default: false },
  },
});
const [only, workflow, index] = positionals;
const names = Object.keys(scenarios).filter((name) => only === undefined || name === only);
if (names.length === 0) end(`there is no scenario "${only ?? ''}"; there are: ${Object.keys(scenarios).join(', ')}`);
else if (workflow !== undefined && !workflows.includes(workflow as WorkflowKind))
  end(`there is no workflow "${workflow}"; there are: ${workflows.join(', ')}`);
else await campaign();

async function campaign(): Promise<void> {
  const { lanes, minutes, seed, out } = values;
  say(`seed ${seed}; one line for each point in ${out}`);
  await mkdir(dirname(out), { recursive: true });
  const until = Date.now() + Number(minutes) * 60_000;
  const lane = await openLane(names);
  const golden = await goldenRuns(lane, names).catch(async (fault: unknown) => {
    await lane.close();
    throw fault;
  });
  const all = names.flatMap((name) => pointsOf(name, golden[name]?.counts ?? { service: 0, release: 0, rollout: 0 }));
  const passed = values.resume ? await passedIn(out) : new Set<string>();
  const points = shuffled(
    all.filter(isWanted).filter((point) => !passed.has(nameOf(point))),
    chanceOf(Number(seed)),
  );
  if (points.length === 0) await lane.close();
  const tried =
    points.length === 0 ? [] : await workOff({ points, golden, lane, lanes: Number(lanes), until, out, told });
  conclude(all.filter(isWanted), passed, tried);
}

function isWanted(point: Point): boolean {
  return (
    (workflow === undefined || point.workflow === workflow) && (index === undefined || point.index === Number(index))
  );
}

function told({ point, at, differences, ms }: Tried): void {
  const name = `${nameOf(point)} (${at ?? 'nothing was killed'}), ${(ms / 1_000).toFixed(1)} s`;
  if (differences.length === 0) return say(`passed  ${name}`);
  say(`FAILED  ${name}`);
  for (const difference of differences) say(`        ${difference}`);
  say(`        again: npm run test:faults -- ${nameOf(point)}`);
}

function conclude(wanted: readonly Point[], before: ReadonlySet<string>, tried: readonly Tried[]): void {
  const good = new Set([
    ...before,
    ...tried.filter(({ differences }) => differences.length === 0).map(({ point }) => nameOf(point)),
  ]);
  for (const name of names) {
    const of = wanted.filter(({ scenario }) => scenario === name);
    const unkilled = tried.filter((of) => of.point.scenario === name && of.differences.length === 0 && !of.at).length;
    const rest = unkilled === 0 ? '' : `, ${unkilled} of them without a kill: their run had fewer events`;
    say(`golden ${name}: ${of.filter((point) => good.has(nameOf(point))).length} of ${of.length} points passed${rest}`);
  }
  const failed = tried.filter(({ differences }) => differences.length > 0).length;
  const untried = wanted.length - good.size - failed;
  if (untried > 0) say(`the time was up before ${untried} points; --resume goes on`);
  if (failed > 0) process.exitCode = 1;
  else if (untried > 0) process.exitCode = 2;
}

/** The points that an earlier run has written down as passed. */
async function passedIn(out: string): Promise<ReadonlySet<string>> {
  const text = await readFile(out, 'utf8').catch(() => '');
  const lines = text.split('\n').filter(Boolean);
  const known = lines.map((line) => JSON.parse(line) as { readonly name: string; readonly passed: boolean });
  return new Set(known.filter(({ passed }) => passed).map(({ name }) => name));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function end(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 2;
}
