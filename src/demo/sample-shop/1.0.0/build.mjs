import { cpSync, rmSync, writeFileSync } from 'node:fs';

// Copies the program to dist and writes down which version it is.
const { SLIPWAY_VERSION: version = '0.0.0', SLIPWAY_COMMIT: commit = 'unknown' } = process.env;

rmSync('dist', { recursive: true, force: true });
cpSync('src', 'dist', { recursive: true });
writeFileSync('dist/version.json', `${JSON.stringify({ version, commit })}\n`);
