import { type Milliseconds, seconds } from '../../domain/duration.js';

/** How long a channel may take to answer. */
export const patience: Milliseconds = seconds(5);
