import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Tells a Prometheus where the figures of this host are, as its `file_sd_configs` reads it: `<dataDir>/prometheus/<environment>.json`.
 * Anybody on this machine may read it, as the figures themselves.
 */
export async function tellPrometheus(of: {
  /** `<dataDir>/hosts/<environment>`. */
  readonly folder: string;
  readonly environment: string;
  readonly port: number;
}): Promise<void> {
  const { folder, environment, port } = of;
  const path = join(dirname(dirname(folder)), 'prometheus', `${environment}.json`);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, JSON.stringify([{ targets: [`127.0.0.1:${port}`], labels: {} }]), { mode: 0o644 });
  await rename(draft, path);
}
