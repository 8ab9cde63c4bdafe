import { setDefaultSignalHandler } from '@temporalio/workflow';
import { followingUp } from './activities.js';
import { tellAll } from './notices.js';

/** Tells people which drills and follow-ups fall due, or did; how many it has told of. */
export async function reminders(): Promise<number> {
  setDefaultSignalHandler(() => undefined);
  const notices = await followingUp('what falls due').remindersDue();
  await tellAll(notices);
  return notices.length;
}
