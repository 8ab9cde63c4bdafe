import { telling } from './activities.js';

/** Tells people one after another, in order; what no channel takes keeps nothing else from being told. */
export async function tellAll(notices: readonly { readonly key: string; readonly text: string }[]): Promise<void> {
  for (const notice of notices)
    await telling(notice.text.slice(0, 100))
      .notify(notice)
      .catch(() => undefined);
}
