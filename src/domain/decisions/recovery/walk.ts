import type { Artifact } from '../../artifact.js';
import type { Instant } from '../../duration.js';
import type { Running, Veto } from '../../service.js';
import { withVeto } from '../../standing.js';
import type { DeployLog } from '../records/deploy-log.js';

/** What the deploy logs of a service, oldest first, leave behind them. */
export interface Walked {
  /** By environment: what was adopted last, and what was before it. */
  readonly running: Readonly<Record<string, Running>>;
  readonly vetoes: readonly Veto[];
  /** By environment and digest: the change that adopted it last. */
  readonly adoptions: Readonly<Record<string, Pick<Running, 'changeId' | 'since'>>>;
}

const nothing: Walked = { running: {}, vetoes: [], adoptions: {} };

/** The rules of `standingAfter`, from what was recorded. A version that was adopted after it was vetoed was let in again. */
export const walk = (logs: readonly DeployLog[]): Walked => logs.reduce(after, nothing);

function after(walked: Walked, log: DeployLog): Walked {
  const isBack = log.strategy === 'recovery';
  if (log.outcome === 'adopted') return adopted(walked, log, isBack);
  if (log.outcome !== 'rolled-back') return walked;
  const reason = log.rollback?.demand.reason ?? 'no reason is recorded';
  const why = isBack ? `taken back by ${log.change_id}: ${reason}` : `rolled back: ${reason}`;
  const vetoes = withVeto(walked.vetoes, { ...vetoOf(log), reason: why });
  if (!isBack) return { ...walked, vetoes };
  return { ...walked, vetoes, running: { ...walked.running, ...cameBack(walked, log) } };
}

function adopted({ running, vetoes, adoptions }: Walked, log: DeployLog, isBack: boolean): Walked {
  const { environment, change_id: changeId, ended_at: since } = log;
  const current = artifactOf(log);
  const former = running[environment]?.current;
  const final = isBack ? undefined : whyFinal(log);
  return {
    running: {
      ...running,
      [environment]: {
        ...{ current, since, changeId },
        ...(former && !isBack && { former }),
        ...(final !== undefined && { noWayBack: final }),
      },
    },
    vetoes: vetoes.filter(({ version }) => version !== current.version),
    adoptions: { ...adoptions, [`${environment}/${current.digest}`]: { changeId, since } },
  };
}

/** The records say of a comeback which version went; what came is what ran before it. */
function cameBack({ running }: Walked, { environment, former, change_id, ended_at }: DeployLog) {
  const at = running[environment];
  const current = [at?.former, at?.current].find((of) => of?.digest === former?.digest);
  return current ? { [environment]: { current, since: ended_at, changeId: change_id } } : {};
}

const vetoOf = ({ version, commit, change_id, ended_at }: DeployLog): Omit<Veto, 'reason'> => ({
  ...{ version: versionOf(version), commit, by: 'slipway', at: ended_at, changeId: change_id },
});

function whyFinal({ data, version }: DeployLog): string | undefined {
  const final = data?.migrations.find(
    ({ class: of, direction }) => direction === 'migrate' && of.startsWith('irreversible'),
  );
  return final && `${final.migrate} of ${versionOf(version)} is irreversible, as its deploy log says: ${final.impact}`;
}

/** The artifact that a rollout brought; when it was built is part of its tag. */
export const artifactOf = ({ service, version, commit, digest, tag }: DeployLog): Artifact => ({
  ...{ service, version: versionOf(version), commit, digest, tag, builtAt: builtAt(tag) },
});

export const versionOf = (version: string): string => version.replace(/^v/, '');

function builtAt(tag: string): Instant {
  const [, year, month, day, hour, minute, second] = /\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(tag) ?? [];
  return year === undefined ? '' : `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}
