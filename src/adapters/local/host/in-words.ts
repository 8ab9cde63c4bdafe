import { shortDigest } from '../../../domain/artifact.js';
import { neverReached } from '../../../domain/never.js';
import type { Effect } from '../protocol.js';

/** An effect in a few words, for the ledger. */
export function inWords(ask: Effect): string {
  switch (ask.kind) {
    case 'start':
      return `start ${ask.instances} of ${ask.to.artifact.version} (${shortDigest(ask.to.artifact.digest)})`;
    case 'stop':
      return 'stop the candidate';
    case 'start-baseline':
      return `start ${ask.instances} of ${ask.of.artifact.version} (${shortDigest(ask.of.artifact.digest)}) as the baseline`;
    case 'stop-baseline':
      return 'stop the baseline';
    case 'replace':
      return `batch ${ask.batch} of ${ask.of} runs ${ask.to.artifact.version} (${shortDigest(ask.to.artifact.digest)})`;
    case 'adopt':
      return `adopt ${shortDigest(ask.digest)}`;
    case 'retire':
      return 'retire the former version';
    case 'shift':
      return `shift ${ask.share} %`;
    default:
      return neverReached(ask);
  }
}
