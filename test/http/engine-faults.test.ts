import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServiceError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { DeskFault } from '../../src/http/desk.js';
import { deskFault } from '../../src/http/engine-faults.js';

const grpc = (code: number, details = 'as the server says it') =>
  Object.assign(new Error(details), { code, details, metadata: {} });
const service = (code: number, details?: string) => new ServiceError('failed', { cause: grpc(code, details) });
const refusal = ApplicationFailure.create({
  type: 'Refused',
  message: 'dave holds on-call; this gate asks for others',
});

const rows = [
  {
    of: 'an update that the workflow refuses',
    fault: new WorkflowUpdateFailedError('failed', refusal),
    kind: 'refused',
  },
  {
    of: 'a workflow that is not there',
    fault: new WorkflowNotFoundError('gone', 'release/shop/1', undefined),
    kind: 'not-running',
  },
  { of: 'a deadline that passed', fault: service(4), kind: 'deadline' },
  { of: 'a deadline that passed while nothing answers', fault: service(4), kind: 'unreachable', answers: false },
  {
    of: 'an update that came too late for its answer',
    fault: new WorkflowUpdateRPCTimeoutOrCancelledError('late'),
    kind: 'deadline',
  },
  { of: 'a server that is not there', fault: service(14), kind: 'unreachable' },
  { of: 'a raw call to a server that is not there', fault: grpc(14), kind: 'unreachable' },
  { of: 'no worker', fault: service(9), kind: 'unreachable' },
  { of: 'a busy server', fault: service(8), kind: 'unreachable' },
] as const;

describe('What the Temporal client throws is told in the words of the desk', () => {
  for (const { of, fault, kind, ...more } of rows)
    it(`${of}: ${kind}`, async () => {
      const answers = 'answers' in more ? more.answers : true;
      const told = await deskFault(fault, () => Promise.resolve(answers));
      assert.ok(told instanceof DeskFault);
      assert.equal(told.kind, kind);
    });

  it('a refusal is told with the rule of the workflow', async () => {
    const told = await deskFault(rows[0].fault, () => Promise.resolve(true));
    assert.equal((told as Error).message, refusal.message);
  });

  it('what says nothing to us is passed on as it is', async () => {
    for (const fault of [new Error('a bug'), grpc(3, 'unknown field'), grpc(13)])
      assert.equal(await deskFault(fault, () => Promise.resolve(true)), fault);
  });
});
