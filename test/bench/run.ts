import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Bench } from './support/bench.js';
import { openReport } from './support/report.js';
import { chanceOf } from '../support/chance.js';

/**
 * `npm run bench -- NAME [PART …] [--rounds N] [--seed N] [--out FILE] [--strict]`: runs one bench. Exit code 0 is
 * measured, 1 is a fault, and with `--strict` also a missed target.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string' },
    strict: { type: 'boolean', default: false },
  },
});
const [name = '', ...parts] = positionals;
const here = new URL('.', import.meta.url);
const known = (await readdir(here))
  .filter((file) => file.endsWith('.js') && file !== 'run.js')
  .map((file) => file.slice(0, -'.js'.length));
if (known.includes(name)) await measure();
else {
  process.stderr.write(`there is no bench "${name}"; there are: ${known.join(', ')}\n`);
  process.exitCode = 2;
}

async function measure(): Promise<void> {
  const { bench } = (await import(new URL(`${name}.js`, here).href)) as { readonly bench: Bench };
  const seed = wholeIn('seed', values.seed) ?? Math.floor(Math.random() * 2 ** 31);
  const report = openReport(values.out);
  report.say(`bench ${name}, seed ${seed} (again: npm run bench -- ${name} --seed ${seed})`);
  report.line({ bench: name, seed, at: new Date().toISOString() });
  const met = await bench({ rounds: wholeIn('rounds', values.rounds), chance: chanceOf(seed), parts, report });
  await report.close();
  if (values.strict && !met) process.exitCode = 1;
}

function wholeIn(flag: string, met: string | undefined): number | undefined {
  if (met === undefined) return undefined;
  if (/^\d{1,10}$/.test(met)) return Number(met);
  throw new Error(`--${flag}: met "${met}"; wanted a whole number`);
}
