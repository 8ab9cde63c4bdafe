import type { Instant } from '../duration.js';
import { type Finding, keyOf, type Sight } from '../finding.js';

/**
 * What is not in order, service by service. Terminate in the Temporal UI cannot be prevented and runs no code of
 * ours: they are found here, by what they leave behind.
 * @param known what was found before: it keeps the time it was first seen
 */
export function findingsOf(sights: readonly Sight[], known: readonly Finding[], now: Instant): readonly Finding[] {
  const since = new Map(known.map((finding) => [keyOf(finding), finding.since]));
  return sights.flatMap(ofOne).map((found) => {
    const { service, environment } = found.sight;
    const finding = { kind: found.kind, service, environment, since: now, text: found.text, command: found.command };
    return { ...finding, since: since.get(keyOf(finding)) ?? now };
  });
}

interface Found extends Pick<Finding, 'kind' | 'text' | 'command'> {
  readonly sight: Sight;
}

function ofOne(sight: Sight): readonly Found[] {
  const { service, environment, share, candidate, rollout, mailbox } = sight;
  const found: Found[] = [];
  const where = `${service} in ${environment}`;
  if (mailbox === 'ended')
    found.push({
      sight,
      kind: 'mailbox-ended',
      text: `the mailbox of ${service} was ended from outside: nothing that waits begins; what it knew is kept and taken up by the next request`,
      command: `slipway hold --service ${service} --lift --reason "…"`,
    });
  if (!rollout && share > 0)
    found.push({
      sight,
      kind: 'unattended',
      text: `${share} % of the users of ${where} reach ${candidate ?? 'a candidate'}, and no rollout carries that on: it was ended from outside`,
      command: `slipway rollback ${service} --environment ${environment} --reason "…"`,
    });
  if (rollout && !rollout.attended)
    found.push({
      sight,
      kind: 'orphaned',
      text: `the rollout of ${rollout.changeId} to ${where} goes on, but its release was ended from outside: nothing follows it`,
      command: `slipway rollback ${rollout.changeId} --reason "…"`,
    });
  if (rollout && (rollout.state === 'stuck' || rollout.state === 'held'))
    found.push({
      sight,
      kind: rollout.state,
      text: `the rollout of ${rollout.changeId} to ${where} is ${rollout.state}, with ${share} % of the users on the candidate: ${rollout.asks ?? 'people must look'}`,
      command: `slipway status ${service}`,
    });
  return found;
}
