import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

/**
 * `npm test`: every `*.test.js` below this folder but `long`; with `--all` those too; or the files whose path contains one
 * of the words given. Three files at a time, two where the long
 * ones are among them, each in a process of its own, the slow ones first. The last line counts.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2).filter((word) => word !== '--all');
const all = process.argv.includes('--all');
const found = await readdir(here, { recursive: true });
const wanted = (file: string): boolean =>
  words.length > 0 ? words.some((word) => file.includes(word)) : all || !file.startsWith('long');
const slowness = (file: string): number => ['live', 'long'].findIndex((folder) => file.startsWith(folder));
const files = found
  .filter((file) => file.endsWith('.test.js') && wanted(file))
  .sort((a, b) => slowness(b) - slowness(a) || a.localeCompare(b))
  .map((file) => join(here, file));

const count = { passed: 0, failed: 0, skipped: 0 };
const tests = run({ files, concurrency: all ? 2 : 3, timeout: 600_000 });
tests.on('test:pass', ({ details, skip }) => {
  if (details.type === 'suite') return;
  if (skip === undefined) count.passed += 1;
  else count.skipped += 1;
});
tests.on('test:fail', ({ details }) => {
  if (details.type !== 'suite') count.failed += 1;
});
tests.on('end', () => {
  const none = count.passed + count.failed === 0;
  if (count.failed > 0 || none) process.exitCode = 1;
  const skipped = count.skipped > 0 ? `${count.skipped} skipped: what they need is missing here\n` : '';
  process.on('exit', () => process.stdout.write(`${skipped}${count.passed} passed, ${count.failed} failed\n`));
});
tests.pipe(new spec()).pipe(process.stdout);
