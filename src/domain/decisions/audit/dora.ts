import type { DoraFigures } from '../../audit.js';
import { between, hours, type Instant } from '../../duration.js';
import type { DeployLog } from '../records/deploy-log.js';
import { spreadOf } from './spread.js';

const week = hours(7 * 24);

/** Brings a former version back; it is how a failure ends, and no change of its own. */
const isComeback = ({ strategy }: DeployLog): boolean => strategy === 'recovery';

const wentBack = ({ outcome, rollback }: DeployLog): boolean =>
  outcome === 'rolled-back' && rollback?.exposed_at !== undefined;

/**
 * The four figures of DORA, from the deploy logs of production.
 * @param openedAt when the release of a change id was asked for; its lead time counts from there
 */
export function doraOf(
  logs: readonly DeployLog[],
  {
    from,
    to,
    openedAt,
  }: { readonly from: Instant; readonly to: Instant; readonly openedAt: ReadonlyMap<string, Instant> },
): DoraFigures {
  const adopted = logs.filter((log) => log.outcome === 'adopted' && !isComeback(log));
  const back = logs.filter((log) => wentBack(log) && !isComeback(log));
  const comebacks = logs.filter((log) => log.outcome === 'adopted' && isComeback(log));
  const takenBack = comebacks.filter((comeback) => adopted.some((log) => isTakenBackBy(log, comeback)));
  const changes = adopted.length + back.length;
  const failed = back.length + takenBack.length;
  const asked = ({ change_id: id, begun_at: begun }: DeployLog): Instant => openedAt.get(id) ?? begun;
  return {
    deployments: adopted.length,
    deploymentsPerWeek: rounded(adopted.length / (between(from, to) / week)),
    leadTime: spreadOf(adopted.map((log) => between(asked(log), log.ended_at))),
    ...{ changes, failed },
    ...(changes > 0 && { changeFailureRate: rounded(failed / changes) }),
    timeToRestore: spreadOf([
      ...back.flatMap(({ rollback }) => (rollback?.exposed_at ? [between(rollback.exposed_at, rollback.safe_at)] : [])),
      ...comebacks.map((log) => between(asked(log), log.ended_at)),
    ]),
  };
}

/** A comeback takes back what ran where it went, and was adopted before. */
const isTakenBackBy = (log: DeployLog, comeback: DeployLog): boolean =>
  log.service === comeback.service &&
  log.environment === comeback.environment &&
  log.digest === comeback.former?.digest &&
  log.ended_at <= comeback.ended_at;

/** To three digits behind the point. */
const rounded = (value: number): number => Number(value.toFixed(3));
