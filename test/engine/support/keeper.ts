import { findTemporal } from '../../../src/adapters/temporal/find-temporal.js';
import { startDevServer } from '../../../src/adapters/temporal/dev-server.js';

/** A program that keeps an engine in the folder it is given, until it is killed. Says so in one line. */
const { path } = await findTemporal({ env: process.env });
const server = await startDevServer({ binary: path, dataDir: process.argv[2] ?? '', ports: { grpc: 0, ui: 0 } });
console.log(JSON.stringify({ pid: server.pid(), address: server.address }));
setInterval(() => undefined, 60_000);
