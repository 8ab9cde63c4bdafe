import { createDocuments } from '../adapters/governance/documents.js';
import type { Config } from '../config/config.js';
import { brokenMarkers } from './documents.js';
import { type Finding, ill, said, well } from './findings.js';
import { gatherDocuments } from './gather-documents.js';

/** Whether the documents say what the configuration says; who has never made any is told how. */
export async function documents(config: Config): Promise<Finding> {
  const what = 'documents';
  try {
    const standings = await createDocuments(config).look(await gatherDocuments(config));
    const broken = brokenMarkers(standings, config.directory);
    if (broken !== undefined) return ill(what, broken, 'mend the markers in the lines named, then: slipway documents');
    if (standings.every(({ state }) => state === 'missing'))
      return well(what, 'none yet; slipway documents makes runbook, deployment configuration and secrets rotation');
    const old = standings.filter(({ state }) => state !== 'current').map(({ path, state }) => `${path} is ${state}`);
    return old.length === 0
      ? well(what, `${standings.length} are as slipway.yml says`)
      : ill(what, old.join(', '), 'slipway documents');
  } catch (fault) {
    return ill(what, said(fault), 'mend what is named, then: slipway documents');
  }
}
