import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { freePort } from '../../src/adapters/local/host/free-port.js';
import { eventually } from './eventually.js';

/** Whether a program of Debian's packages prometheus and prometheus-alertmanager is here; where not, says so loudly. */
export async function isHere(program: string): Promise<boolean> {
  const { failed } = await execa(program, ['--version'], { reject: false });
  if (failed)
    process.stderr.write(
      `NOT TESTED: ${program} is missing. apt-get install prometheus prometheus-alertmanager brings it\n`,
    );
  return !failed;
}

/**
 * A real Prometheus on a free port, in a folder of its own, where these files lie.
 * @param past what it has scraped long ago, as OpenMetrics
 */
export async function openPrometheus(files: Readonly<Record<'prometheus.yml' | 'rules.yml', string>>, past?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  if (past !== undefined) {
    await writeFile(join(folder, 'past.txt'), past);
    await execa('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', `${folder}/past.txt`, `${folder}/data`]);
  }
  const port = await freePort(new Set());
  const url = `http://127.0.0.1:${port}`;
  const child = execa(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { reject: false, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child;
    await rm(folder, { recursive: true, force: true });
  };
  await eventually('the Prometheus is ready', async () =>
    (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok ? true : undefined,
  );
  return { url, close };
}

/** A real Alertmanager on a free port, in a folder of its own. */
export async function openAlertmanager(configuration: string) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const port = await freePort(new Set());
  const file = join(folder, 'alertmanager.yml');
  await writeFile(file, configuration);
  const url = `http://127.0.0.1:${port}`;
  const child = execa(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--cluster.listen-address=`,
      `--log.level=warn`,
    ],
    { reject: false, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  await eventually('the Alertmanager is ready', async () =>
    (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok ? true : undefined,
  );
  return {
    url,
    /** Tells it of alerts as a Prometheus does. */
    async post(...alerts: readonly object[]): Promise<void> {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    },
    /** Keeps the alerts of this name quiet for an hour, as people do. */
    async silence(alertname: string): Promise<void> {
      const [startsAt, endsAt] = [0, 3_600_000].map((more) => new Date(Date.now() + more).toISOString());
      const matchers = [{ name: 'alertname', value: alertname, isRegex: false, isEqual: true }];
      const answer = await fetch(`${url}/api/v2/silences`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ matchers, startsAt, endsAt, createdBy: 'dave', comment: 'known' }),
      });
      if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    },
    async close(): Promise<void> {
      child.kill('SIGKILL');
      await child;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
