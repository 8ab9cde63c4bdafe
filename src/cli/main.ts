#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { approveCommand, rejectCommand } from './approve.js';
import { auditCommand } from './audit.js';
import { doctorCommand } from './doctor.js';
import { exitCodes, exitCodesHelp } from './exit-codes.js';
import { initCommand } from './init.js';
import { planCommand } from './plan.js';
import { releaseCommand } from './release.js';
import { retryCommand, rollbackCommand } from './rollback.js';
import { startCommand } from './start.js';
import { statusCommand } from './status.js';
import { stopCommand } from './stop.js';
import { tokenCommand } from './token.js';
import { tell } from './verb.js';
import { watchCommand } from './watch.js';

/** Every command, in the order of the help. To add one: write `src/cli/<name>.ts` and put it here. */
const commands = [
  initCommand,
  doctorCommand,
  startCommand,
  stopCommand,
  planCommand,
  releaseCommand,
  watchCommand,
  statusCommand,
  approveCommand,
  rejectCommand,
  rollbackCommand,
  retryCommand,
  auditCommand,
  tokenCommand,
];

const program = new Command('slipway')
  .description('Carries a change of a service from commit to production, and can prove how.')
  .showHelpAfterError('(--help shows what is possible)')
  .addHelpText('after', exitCodesHelp)
  .exitOverride();
for (const command of commands) command(program);

// `slipway status | head` ends without complaint.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code === 'EPIPE') process.exit();
  throw fault;
});

try {
  await program.parseAsync();
} catch (fault) {
  if (fault instanceof CommanderError) process.exitCode = fault.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else {
    tell(fault instanceof Error ? fault.message : String(fault));
    process.exitCode = exitCodes.fault;
  }
}
