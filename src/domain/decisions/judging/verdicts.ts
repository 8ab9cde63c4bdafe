import type { VerdictKind } from '../../verdict.js';
import type { Classification, Figures, MetricHead, MetricVerdict } from './metric.js';

const classificationOf = (kind: VerdictKind): Classification => (kind === 'fail' ? 'high' : kind);

/** A metric's verdict with its sentence, which begins with the metric's name. */
export function verdictOf(
  metric: MetricHead,
  kind: VerdictKind,
  told: {
    readonly says: string;
    readonly figures: Figures;
    readonly classification?: Classification;
    readonly criticalFailure?: boolean;
  },
): MetricVerdict {
  const { says, figures, classification = classificationOf(kind) } = told;
  return {
    kind,
    reason: `${metric.name}: ${says}`,
    name: metric.name,
    classification,
    criticalFailure: told.criticalFailure ?? (metric.critical === true && kind !== 'pass'),
    dryRun: metric.dryRun === true,
    groups: metric.groups ?? ['all'],
    figures,
  };
}

/** The lanes that brought nothing at all, in words; undefined where both spoke. */
export function silentLanes(stable: number, candidate: number): string | undefined {
  if (stable === 0 && candidate === 0) return 'neither lane has brought a value';
  if (stable === 0) return 'the stable lane has brought no value to compare with';
  if (candidate === 0) return 'the candidate has brought no value';
  return undefined;
}
