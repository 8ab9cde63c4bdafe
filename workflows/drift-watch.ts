import { getExternalWorkflowHandle, setDefaultSignalHandler } from '@temporalio/workflow';
import type { DriftOrder, DriftSeen } from '../src/domain/drift.js';
import { driftSignal, reconcilerId } from '../src/messages.js';
import { lookingIn } from './activities.js';

/**
 * Looks whether an environment is as releases and changes of flags have left it. What is found is told to the reconciler
 * of the environment, which remembers it, tells people once, and tells them when it is over.
 */
export async function driftWatch({ environment, how, by }: DriftOrder): Promise<DriftSeen> {
  setDefaultSignalHandler(() => undefined);
  const seen = await lookingIn(environment, `drift in ${environment} (${by})`).lookForDrift({ environment });
  if (how === 'tell')
    await getExternalWorkflowHandle(reconcilerId(environment)).signal(driftSignal.name, seen.findings);
  return seen;
}
