import type { Command } from 'commander';
import type { Decision } from '../domain/approval.js';
import { shortDigest } from '../domain/artifact.js';
import type { BegunRelease, ReleaseView } from '../http/views/release.js';
import type { Door } from './door.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { headline, waitingLines } from './sight.js';
import { atDoor, print, tell, verb } from './verb.js';

interface DecisionFlags extends DoorFlags {
  readonly comment: string;
  readonly gate?: string;
}

/** `slipway approve`: says yes to exactly what waits now. */
export function approveCommand(program: Command): void {
  decisionCommand(program, 'approve', {
    summary: 'approve what waits at the open gate',
    description:
      'Approves the artifact and plan that wait now, and nothing else. Counts only if your role is asked for.',
  });
}

/** `slipway reject`: says no; one rejection decides. */
export function rejectCommand(program: Command): void {
  decisionCommand(program, 'reject', {
    summary: 'reject what waits at the open gate; one rejection decides',
    description: 'Rejects the artifact and plan that wait now: the release ends without touching that environment.',
  });
}

/** `slipway revoke`: takes an approval back that nothing has been done on yet. */
export function revokeCommand(program: Command): void {
  decisionCommand(program, 'revoke', {
    summary: 'take your approval back, before anything has begun',
    description:
      'Possible until the rollout begins: while others have not decided, and while it waits for its window, its readiness or the line.',
  });
}

function decisionCommand(
  program: Command,
  decision: Decision,
  told: { readonly summary: string; readonly description: string },
): void {
  verb(program, {
    ...told,
    usage: `${decision} <change-id>`,
    examples: [
      `slipway ${decision} change-20261124-01 --comment "read the plan"`,
      `slipway ${decision} change-20261124-01 --gate production --comment "…" --token-file ~/.slipway-token`,
    ],
  })
    .requiredOption('--comment <text>', 'why, for the record')
    .option('--gate <environment>', 'only if this is the gate that waits')
    .action((changeId: string, flags: DecisionFlags) =>
      atDoor(flags, async (door) => {
        const after = await decide(door, changeId, decision, flags);
        print(flags, after, [headline(after), ...waitingLines(after)]);
        return exitCodes.ok;
      }),
    );
}

/** Bound to what is seen now: if something else waits by the time it arrives, it is refused. */
async function decide(
  door: Door,
  changeId: string,
  decision: Decision,
  { comment, gate }: DecisionFlags,
): Promise<BegunRelease> {
  const subject = waitingSubject(await door.read(changeId));
  if (subject)
    tell(`${decision}: ${subject.gate}, ${shortDigest(subject.digest)} by plan ${shortDigest(subject.planHash)}`);
  return await door.decide(changeId, { decision, comment, ...subject, ...(gate !== undefined && { gate }) });
}

function waitingSubject(release: ReleaseView) {
  if (release.state === 'queued') return undefined;
  const { approval } = release.stages.find(({ environment }) => environment === release.environment) ?? {};
  return approval?.standing.kind === 'waiting' ? approval.subject : undefined;
}
