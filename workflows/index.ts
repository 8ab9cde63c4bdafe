export { aftercare } from './aftercare.js';
export { drill } from './drill.js';
export { flagChange } from './flag-change.js';
export { line } from './line.js';
export { reconciler } from './reconciler.js';
export { release } from './release.js';
export { rollout } from './rollout.js';
export { service } from './service.js';
