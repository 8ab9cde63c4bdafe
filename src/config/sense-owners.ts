import type { Config } from './config.js';
import { ownersOf } from './owners.js';
import type { Path, SenseFinding } from './problems.js';
import type { Written } from './schema.js';

/** A follow-up is in the hands of somebody there is, and so is what nobody has acknowledged. */
export function senseOfOwners(config: Config, written: Written): readonly SenseFinding[] {
  const { owner, of } = written['follow-ups'];
  const { escalate } = written.notices;
  const owners = ownersOf(config);
  const all: readonly (readonly [Path, string | undefined])[] = [
    [['follow-ups', 'owner'], owner],
    [['notices', 'escalate', 'to'], escalate === 'off' ? undefined : escalate?.to],
    ...Object.entries(of).map(([duty, owed]) => [['follow-ups', 'of', duty, 'owner'], owed?.owner] as const),
  ];
  return all.flatMap(([path, met]): readonly SenseFinding[] =>
    met === undefined || owners.includes(met) ? [] : [{ path, at: 'value', wanted: owners, reads: [['people']] }],
  );
}
