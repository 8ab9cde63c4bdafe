import { after, describe } from 'node:test';
import { openStage } from '../support/stage.js';
import { commands, commandServices, commandWords } from './commands.js';
import { strategies, strategyServices } from './ends-well.js';
import { messages, messageServices } from './messages.js';
import { rollback, rollbackServices, rollbackWords } from './rollback.js';

/** Pages that share one Slipway, which has production alone; each has services of its own. */
describe('in production', async () => {
  const stage = await openStage(
    { ...commandServices, ...messageServices, ...rollbackServices, ...strategyServices },
    {
      environments: ['production'],
      more: { ...commandWords, ...rollbackWords },
      startWithin: '90s',
      latency: '2s',
    },
  );
  after(() => stage.close());

  describe('a good release', () => strategies(stage));
  describe('a command', () => commands(stage));
  describe('the way back', () => rollback(stage));
  describe('a message that makes no sense', () => messages(stage));
});
