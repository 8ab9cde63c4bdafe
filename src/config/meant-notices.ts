import { type NoticePolicy, usualNotices } from '../domain/acknowledgement.js';
import type { Written } from './schema.js';

/** What is usual, and what is written instead of it. */
export function noticesOf(written: Written['notices']): NoticePolicy {
  const { repeat = usualNotices.repeat, escalate = usualNotices.escalate } = written;
  return {
    ...(repeat !== undefined && repeat !== 'off' && { repeat }),
    ...(escalate !== undefined && escalate !== 'off' && { escalate }),
  };
}
