import { setDefaultSignalHandler } from '@temporalio/workflow';
import { recording } from './activities.js';
import { tellAll } from './notices.js';

/** Tells people which drills fall due, or did, as engines of before `reminders` ask for it; how many it has told of. */
export async function drillReminder(): Promise<number> {
  setDefaultSignalHandler(() => undefined);
  const notices = await recording('which drills fall due').drillsDue();
  await tellAll(notices);
  return notices.length;
}
