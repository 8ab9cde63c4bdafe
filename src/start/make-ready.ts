import { connectClient } from '../adapters/temporal/connections.js';
import type { Engine } from '../adapters/temporal/engine-environment.js';
import { provision } from '../adapters/temporal/provision.js';
import { searchAttributes } from '../messages.js';

/** Closed releases stay visible in the engine for this long; records are kept for good. */
const retentionDays = 90;

/** Makes namespace and search attributes on an engine, or finds them made. */
export async function makeReady({
  engine,
  tell,
}: {
  readonly engine: Engine;
  readonly tell: (line: string) => void;
}): Promise<void> {
  const { connection } = await connectClient({ engine, role: 'start' });
  const { namespace, kind } = engine;
  // The embedded engine is ours; how long somebody else's cluster keeps things is for its owner to say.
  const shorterRetention = kind === 'embedded' ? 'raise' : 'leave';
  const keywords = Object.values(searchAttributes);
  try {
    await provision({ connection, namespace, retentionDays, shorterRetention, keywords, tell });
  } finally {
    await connection.close();
  }
}
