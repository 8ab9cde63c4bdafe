import type { ReleaseState } from '../domain/release.js';

/** How every command ends. Scripts may rely on these numbers. */
export const exitCodes = {
  ok: 0,
  fault: 1,
  usage: 2,
  rolledBack: 3,
  refused: 4,
  notFound: 5,
  unreachable: 6,
  waiting: 7,
  notLetIn: 8,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the end of every command's help. */
export const exitCodesHelp = `
Exit codes:
  0  done; the release succeeded           5  there is no such thing
  1  fault; it failed or was taken over    6  Slipway or its engine cannot be reached
  2  the command line is wrong             7  the release waits for people
  3  the release was rolled back           8  no valid token, or not your role
  4  refused, rejected, withdrawn, aborted
`;

/** The end of a command by the status of a refused request. */
export function exitOfStatus(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.notLetIn;
  if (status === 404) return exitCodes.notFound;
  if (status === 409) return exitCodes.refused;
  if (status === 503 || status === 504) return exitCodes.unreachable;
  return status >= 500 ? exitCodes.fault : exitCodes.usage;
}

/** The end of a command that has watched a release to its end; while it has none, it waits. */
export function exitOfState(state: ReleaseState): ExitCode {
  switch (state) {
    case 'succeeded':
      return exitCodes.ok;
    case 'rolled-back':
      return exitCodes.rolledBack;
    case 'refused':
    case 'withdrawn':
    case 'aborted':
      return exitCodes.refused;
    case 'failed':
    case 'taken-over':
      return exitCodes.fault;
    case 'queued':
    case 'building':
    case 'planning':
    case 'checking':
    case 'awaiting-readiness':
    case 'awaiting-approval':
    case 'awaiting-window':
    case 'paused':
    case 'rolling-out':
    case 'held':
    case 'going-back':
    case 'stuck':
    case 'recording':
      return exitCodes.waiting;
  }
}
