import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const room = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the prebuilt bundle lies, beside the compiled workers. */
export const bundlePath = room('./workflow-bundle.js');

/** What the bundle is made of; replays and tests need the same interceptors as workers. */
export const bundleOptions = {
  workflowsPath: room('../workflows/index.js'),
  workflowInterceptorModules: [room('../workflows/hearing.js')],
};

/** Bundles the workflow code: takes about a second, so it is done when building, not when starting. */
export const bundleWorkflows = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({ ...bundleOptions, logger: new DefaultLogger('WARN') });
