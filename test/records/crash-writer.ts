import { createMemoryPlots } from '../../src/adapters/memory/plots.js';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { settingsOf, tell } from './told.js';
import type { StoryName } from './told.js';

/** A writer of its own process that is killed, as by `kill -9`, when it reaches the step of the given number. */
const [directory = '', story = '', last = ''] = process.argv.slice(2);
let step = 0;
const records = createGovernanceRecords({
  directory,
  plots: createMemoryPlots(),
  ...settingsOf(story as StoryName),
  reached: () => {
    step += 1;
    if (step === Number(last)) process.kill(process.pid, 'SIGKILL');
  },
});
await tell(records, story as StoryName);
