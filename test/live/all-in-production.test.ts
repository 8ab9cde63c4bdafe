import { after, describe } from 'node:test';
import { openStage } from '../support/stage.js';
import { strategies, strategyServices } from './ends-well.js';
import { messages, messageServices } from './messages.js';
import { rollback, rollbackServices, rollbackWords } from './rollback.js';

/** Pages that share one Slipway, which has production alone; each has services of its own. */
describe('in production', async () => {
  const stage = await openStage(
    { ...messageServices, ...rollbackServices, ...strategyServices },
    {
      environments: ['production'],
      more: rollbackWords,
      startWithin: '90s',
      latency: '2s',
    },
  );
  after(() => stage.close());

  describe('a good release', () => strategies(stage));
  describe('the way back', () => rollback(stage));
  describe('fault 16: a message that makes no sense', () => messages(stage));
});
