import { resolve } from 'node:path';
import { seconds } from '../../domain/duration.js';
import { readRecord } from './engine-record.js';
import { endProcess, isAlive } from './process-identity.js';

/** Ends the embedded server that a killed process has left running on this data; whether there was one. */
export async function endLeftEngine(dataDir: string): Promise<boolean> {
  const record = await readRecord(resolve(dataDir, 'engine'));
  if (!record?.server || !(await isAlive(record.server))) return false;
  await endProcess(record.server, seconds(10));
  return true;
}
