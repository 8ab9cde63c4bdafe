import type { Instant } from './duration.js';
import type { ReleaseOrder, ReleaseOutcome } from './release.js';
import type { Running, Veto } from './service.js';

type RunningBy = Readonly<Record<string, Running>>;

interface Mends {
  /** What is brought back to itself is not vetoed; missing of mailboxes that were opened before that was so. */
  readonly sparesMended?: boolean;
}

/** What runs after a release has ended, per environment, and which versions nobody shall release again until a person says so. */
export function standingAfter(
  running: RunningBy,
  outcome: ReleaseOutcome,
  { commit, comeback, sparesMended }: Pick<ReleaseOrder, 'commit' | 'comeback'> & Mends,
  at: Instant,
): { readonly running: RunningBy; readonly vetoed: readonly Veto[] } {
  const { artifact, adopted, changeId, kind, version, reason, noWayBack } = outcome;
  const vetoed: Veto[] = [];
  if (kind === 'rolled-back')
    vetoed.push({ version, commit, by: 'slipway', reason: `rolled back: ${reason}`, at, changeId });
  if (!artifact) return { running, vetoed };
  const after: Record<string, Running> = { ...running };
  for (const environment of adopted) {
    const former = running[environment]?.current;
    const why = noWayBack?.[environment];
    after[environment] = {
      current: artifact,
      // What was taken back is no target for going back.
      ...(former && !comeback && { former }),
      since: at,
      changeId,
      ...(why !== undefined && { noWayBack: why }),
    };
    const isMended = sparesMended && former?.digest === artifact.digest;
    if (comeback && former && !isMended)
      vetoed.push({
        version: former.version,
        by: 'slipway',
        reason: `taken back by ${changeId}: ${reason}`,
        at,
        changeId,
      });
  }
  return { running: after, vetoed };
}

/** The latest veto of a version stands. */
export const withVeto = (vetoes: readonly Veto[], wanted: Veto): readonly Veto[] => [
  ...vetoes.filter(({ version }) => version !== wanted.version),
  wanted,
];
