import type { DataChange } from '../migration.js';
import type { DataPlan } from './plan-data.js';

/**
 * What a rollback would do to data, for whoever approves; `undefined` where the rollout touches none. What is written
 * between backup and rollback is part of it.
 */
export function dataImpact(
  data: DataPlan,
  between: { readonly from?: string; readonly to: string },
): string | undefined {
  switch (data.kind) {
    case 'migrate':
      return `${ofMigration(data.change, between.from)} ${data.change.migration.impact}`;
    case 'revert':
      return ofReversal(data.reversals, between.to);
    case 'nothing':
    case 'refused':
      return undefined;
  }
}

/** `from`: what runs before; nothing before the first release. */
function ofMigration({ migration, of }: DataChange, from: string | undefined): string {
  const { path } = migration.migrate;
  const former = from ?? 'what was before';
  switch (migration.class) {
    case 'compatible':
      return `A rollback of ${of.version} leaves the data as it is: ${from === undefined ? '' : `${from} works on it too, and `}everything written since the backup stays.`;
    case 'scripted':
      return `A rollback of ${of.version} ends with ${migration.revert.path}, rehearsed on a restored copy before ${path} runs. What is written after the backup is in that script's hands: what it drops is lost. Until it has run, ${former} may not work fully.`;
    case 'irreversible':
      return `Once ${path} has run, ${of.version} cannot be rolled back: ${former} cannot work on the data, and the release holds for a fix forward. Restoring the backup is for people to decide: it loses everything written since.`;
  }
}

function ofReversal(reversals: readonly DataChange[], to: string): string {
  const scripts = reversals.map(({ migration, of }) => `${migration.migrate.path} of ${of.version}`).join(', ');
  return `Going to ${to} takes back ${scripts}, once ${to} has the traffic: what only the later version knows is lost, and the backup holds it as it is now. Going back from there applies it again.`;
}
