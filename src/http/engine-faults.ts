import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { DeskFault } from './desk.js';

/** gRPC status codes that say something to us; the others are faults of ours. */
const grpc = {
  cancelled: 1,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
};

/**
 * A fault of the Temporal client in the desk's words; what says nothing to us is passed on. While the server is down the
 * client tries until its deadline: so `answers` tells an engine that is late from one that is not there.
 */
export async function deskFault(fault: unknown, answers: () => Promise<boolean>): Promise<unknown> {
  if (fault instanceof WorkflowUpdateFailedError)
    return new DeskFault('refused', fault.cause?.message ?? fault.message);
  if (fault instanceof WorkflowNotFoundError) return new DeskFault('not-running', 'nothing runs that could hear it');
  switch (codeOf(fault)) {
    case grpc.deadlineExceeded:
    case grpc.cancelled:
      return (await answers()) ? late : gone;
    case grpc.unavailable:
      return gone;
    case grpc.failedPrecondition:
      return new DeskFault('unreachable', 'no worker answers for it now; what runs goes on when the workers are back');
    case grpc.resourceExhausted:
      return new DeskFault('unreachable', 'the engine is busy; try again');
    case undefined:
    default:
      return fault;
  }
}

const late = new DeskFault(
  'deadline',
  'it was not answered in time and may still be done; ask again, with the same Idempotency-Key if one was given',
);

const gone = new DeskFault('unreachable', 'the engine does not answer; releases go on where they are when it is back');

function codeOf(fault: unknown): number | undefined {
  if (isGrpcServiceError(fault)) return fault.code;
  const wraps = fault instanceof ServiceError || fault instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  if (!wraps) return undefined;
  return isGrpcServiceError(fault.cause) ? fault.cause.code : grpc.deadlineExceeded;
}
