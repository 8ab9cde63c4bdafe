import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Copies the program, and what it does to data, to dist and writes down which version it is.
const { SLIPWAY_VERSION: version = '0.0.0', SLIPWAY_COMMIT: commit = 'unknown' } = process.env;

rmSync('dist', { recursive: true, force: true });
cpSync('src', 'dist', { recursive: true });
for (const path of ['migration.yml', 'db']) cpSync(path, join('dist', path), { recursive: true });
writeFileSync('dist/version.json', `${JSON.stringify({ version, commit })}\n`);
