import { readdir, rename, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundlePath, bundleWorkflows } from './bundle.js';

/** Part of `npm run build`: makes the workflow bundle anew when any compiled file that could be in it is newer. */
const rooms = ['../workflows', '../src/domain', '../src'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

async function newest(): Promise<number> {
  const files = (
    await Promise.all(rooms.map(async (room) => (await readdir(room)).map((name) => `${room}/${name}`)))
  ).flat();
  const times = await Promise.all(
    files.filter((file) => file.endsWith('.js')).map(async (file) => (await stat(file)).mtimeMs),
  );
  return Math.max(...times);
}

const made = await stat(bundlePath).then(
  ({ mtimeMs }) => mtimeMs,
  () => 0,
);
if (made < (await newest())) {
  const { code } = await bundleWorkflows();
  await writeFile(`${bundlePath}.new`, code);
  await rename(`${bundlePath}.new`, bundlePath);
}
