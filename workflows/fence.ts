import { workflowInfo } from '@temporalio/workflow';
import type { Fenced } from '../activities/contract.js';

/** What every effect of a step carries: the run, its generation, the step. */
export const fenceOf = (generation: number, step: string): Fenced => ({
  key: `${workflowInfo().runId}/${generation}/${step}`,
  generation,
});
