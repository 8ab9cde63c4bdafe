import { setDefaultSignalHandler } from '@temporalio/workflow';
import { neverReached } from '../src/domain/never.js';
import type { FollowUpAnswer, FollowUpOrder } from '../src/domain/follow-up.js';
import { followingUp } from './activities.js';

/** A follow-up is opened, closed or changed by a person: written down, and answered as it stands then. */
export async function followUp(order: FollowUpOrder): Promise<FollowUpAnswer> {
  setDefaultSignalHandler(() => undefined);
  switch (order.how) {
    case 'open':
      return await followingUp(`a follow-up of ${order.opened.changeId}`).openFollowUp(order.opened);
    case 'say':
      return await followingUp(`${order.word.id} is ${order.word.kind}`).sayOfFollowUp(order.word);
    default:
      return neverReached(order);
  }
}
