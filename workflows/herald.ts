import { setCurrentDetails, setDefaultSignalHandler } from '@temporalio/workflow';
import { tellingChanges } from './activities.js';

/**
 * Tells people what becomes of releases, for as long as there are any. One activity looks for ever, so that no release
 * waits for a channel, and none has a notice in its history.
 */
export async function herald(): Promise<never> {
  setDefaultSignalHandler(() => undefined);
  setCurrentDetails(
    'Tells people of each state that a release comes to. Ended from outside, it is begun again within a minute.',
  );
  return await tellingChanges.tellChanges();
}
