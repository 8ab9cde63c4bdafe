import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { execa } from 'execa';
import { createGit } from '../adapters/build/git.js';
import { createMirror } from '../adapters/build/mirror.js';
import { mirrors } from '../adapters/build/sources.js';
import { createFeatures } from '../adapters/flags/features.js';
import { createGovernanceRecords } from '../adapters/governance/records.js';
import { connectClient } from '../adapters/temporal/connections.js';
import { hostStatus } from '../adapters/local/ensure-host.js';
import { isFree } from '../adapters/local/host/free-port.js';
import { engineFromEnvironment } from '../adapters/temporal/engine-environment.js';
import { findTemporal } from '../adapters/temporal/find-temporal.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { formatProblems } from '../config/problems.js';
import { seconds } from '../domain/duration.js';
import type { Settings } from '../settings.js';
import { readRunFile } from '../start/run-file.js';
import { alerts } from './doctor-alerts.js';
import { databases } from './doctor-databases.js';
import { documents } from './doctor-documents.js';
import { memory } from './doctor-memory.js';
import { metrics } from './doctor-metrics.js';
import { clock } from './doctor-clock.js';
import { engineIdentity } from './doctor-identity.js';
import { approvalCodes, customers, notices } from './doctor-notices.js';
import { exitCodes } from './exit-codes.js';
import { type Finding, ill, said, well } from './findings.js';
import { settingsOrEnd } from './reading.js';

/** `slipway doctor`: looks at everything a release needs, and says of each what to do about it. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('check engine, configuration, repositories, ports and tools')
    .description('Checks what releases need on this machine; says of each thing that is missing what to do about it.')
    .option('--config <file>', 'the configuration, ./slipway.yml unless said')
    .option('--json', 'the findings as one JSON object on standard output')
    .addHelpText('after', '\nExamples:\n  slipway doctor\n  slipway doctor --json\n')
    .action(doctor);
}

async function doctor({ config, json }: { readonly config?: string; readonly json?: boolean }): Promise<void> {
  const settings = settingsOrEnd({ ...(config !== undefined && { configFile: config }) });
  const loaded = await loadConfig(settings.configFile);
  const findings: Finding[] = [node(), await git(), await disk(settings), await engine()];
  findings.push(
    loaded.ok
      ? well(
          'configuration',
          `${settings.configFile}: ${Object.keys(loaded.config.services).length} services, profile ${loaded.config.profile.name}`,
        )
      : ill(
          'configuration',
          formatProblems(loaded.problems),
          'mend the lines named; `slipway init` writes a file to start from',
        ),
  );
  if (loaded.ok) {
    findings.push(
      await governance(loaded.config),
      await memory(loaded.config, settings),
      ...(await flags(loaded.config)),
      await documents(loaded.config),
    );
    for (const service of Object.keys(loaded.config.services))
      findings.push(await repository(loaded.config, settings, service));
    findings.push(...(await databases(loaded.config, process.env)), ...(await customers(loaded.config, process.env)));
    findings.push(...(await metrics(loaded.config, { variables: process.env, dataDir: settings.dataDir })));
    findings.push(...approvalCodes(loaded.config, settings), ...(await engineIdentity(loaded.config, process.env)));
    findings.push(await alerts(loaded.config, process.env));
    findings.push(...(await ports(loaded.config, settings)), ...(await deployed(loaded.config, settings)));
  }
  findings.push(...(await notices(settings)), ...(await clock(process.env).catch(() => [])));
  if (json) process.stdout.write(`${JSON.stringify({ well: findings.every((f) => f.well), findings })}\n`);
  else for (const finding of findings) process.stdout.write(`${line(finding)}\n`);
  if (!findings.every((finding) => finding.well)) process.exitCode = exitCodes.fault;
}

const line = (f: Finding): string =>
  `${f.well ? 'ok  ' : 'MEND'} ${f.what}: ${f.found}${f.todo === undefined ? '' : `\n     → ${f.todo}`}`;

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return fits ? well('Node', process.version) : ill('Node', process.version, 'install Node 20.19 or newer');
}

async function git(): Promise<Finding> {
  const run = await execa('git', ['--version'], { reject: false });
  return run.failed ? ill('git', 'not found on PATH', 'install git') : well('git', run.stdout);
}

async function disk({ configFile }: Settings): Promise<Finding> {
  const { bavail, bsize } = await statfs(dirname(configFile));
  const free = (bavail * bsize) / 2 ** 30;
  const found = `${free.toFixed(1)} GiB free`;
  return free >= 1
    ? well('disk', found)
    : ill('disk', found, 'make room: builds, artifacts and the engine need at least 1 GiB');
}

async function engine(): Promise<Finding> {
  try {
    const external = engineFromEnvironment(process.env);
    if (!external) {
      const binary = await findTemporal({ env: process.env, tell: (text) => void process.stderr.write(`${text}\n`) });
      return well('engine', `embedded, ${binary.path} (${binary.version})`);
    }
    const client = await connectClient({ engine: external, role: 'doctor', within: seconds(5) });
    await client.connection.close();
    return well('engine', `the cluster at ${external.connection.address} answers, namespace ${external.namespace}`);
  } catch (fault) {
    return ill('engine', said(fault), 'set TEMPORAL_CLI_PATH to a Temporal CLI, or TEMPORAL_ADDRESS to a cluster');
  }
}

async function governance(config: Config): Promise<Finding> {
  try {
    const { verified, records, findings } = await createGovernanceRecords({ directory: config.directory }).audit();
    const found = `${config.directory}: ${records} records, ${verified ? 'the chain verifies' : findings.join('; ')}`;
    return verified ? well('records', found) : ill('records', found, 'see `slipway audit verify`');
  } catch (fault) {
    return ill('records', said(fault), 'run `slipway init` in the folder of slipway.yml');
  }
}

/** Each environment's flags; one file is told once, however many environments read it. */
async function flags(config: Config): Promise<readonly Finding[]> {
  const features = createFeatures({ config });
  const today = new Date().toISOString().slice(0, 10);
  const findings = await Promise.all(
    config.environments.map(async ({ name }) => {
      try {
        const { path, flags: all } = await features.read(name);
        const expired = all.filter(({ expires }) => expires !== undefined && expires < today);
        const late = expired.length === 0 ? '' : `; expired: ${expired.map((flag) => flag.name).join(', ')}`;
        return well('flags', all.length === 0 ? `none, ${path}` : `${path}: ${all.length} flags make sense${late}`);
      } catch (fault) {
        return ill('flags', said(fault), 'mend the lines named; until then the flags are served as they were');
      }
    }),
  );
  return [...new Map(findings.map((finding) => [finding.found, finding])).values()];
}

async function repository(config: Config, settings: Settings, service: string): Promise<Finding> {
  const what = `repository of ${service}`;
  const found = config.services[service]?.repository ?? '';
  try {
    const directory = mirrors(join(settings.dataDir, 'builds'));
    await createMirror({ directory, repository: found, git: createGit(process.env) }).fetch();
    return well(what, found);
  } catch (fault) {
    return ill(what, said(fault), 'name a git repository you can read under `repository`');
  }
}

async function ports(config: Config, settings: Settings): Promise<readonly Finding[]> {
  const running = await readRunFile(settings.dataDir);
  if (running) return [well('ports', `Slipway runs here, at ${running.url}`)];
  const fixed = Object.values(config.services).flatMap(({ name, stages }) =>
    Object.entries(stages).map(([environment, { port }]) => ({ port, of: `${name} in ${environment}` })),
  );
  const wanted = [{ port: settings.doorPort, of: 'front door' }, ...fixed.filter(({ port }) => port > 0)];
  return await Promise.all(
    wanted.map(async ({ port, of }) =>
      (await isFree(port))
        ? well(`port ${port}`, `free for the ${of}`)
        : ill(
            `port ${port}`,
            `taken, wanted for the ${of}`,
            'end what listens there (it may be a deployed instance’s proxy), or choose another port',
          ),
    ),
  );
}

/** What is deployed here, and where users reach it. */
async function deployed(config: Config, { dataDir }: Settings): Promise<readonly Finding[]> {
  const reports = await Promise.all(config.environments.map(({ name }) => hostStatus({ dataDir, environment: name })));
  return reports.flatMap((report) =>
    (report?.places ?? []).map(({ service, fleet, traffic }) => {
      const what = `${service} in ${report?.environment ?? ''}`;
      if (!fleet.stable) return well(what, `nothing deployed yet; it will answer at ${traffic.url}`);
      const { artifact, instances } = fleet.stable;
      const healthy = instances.filter((instance) => instance.healthy).length;
      const found = `${artifact.version} at ${traffic.url}, ${healthy} of ${instances.length} instances healthy`;
      const todo = `read the logs in ${dataDir}/hosts/${report?.environment ?? ''}/logs`;
      return healthy === instances.length ? well(what, found) : ill(what, found, todo);
    }),
  );
}
