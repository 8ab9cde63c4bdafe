import type { Instant } from '../src/domain/duration.js';

/** The workflow's own time: the moment of the task being worked on, the same in every replay. */
export const now = (): Instant => new Date().toISOString();
