#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { precedence } from '../domain/command.js';
import { exitCodes, exitCodesHelp } from './exit-codes.js';
import { tell } from './verb.js';

/**
 * Every command, in the order of the help. To add one: write `src/cli/<name>.ts` and put it here. Only the one that is
 * asked for is loaded: a rollback does not wait for the worker's libraries.
 */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  init: async () => (await import('./init.js')).initCommand,
  demo: async () => (await import('./demo.js')).demoCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  start: async () => (await import('./start.js')).startCommand,
  stop: async () => (await import('./stop.js')).stopCommand,
  serve: async () => (await import('./serve.js')).serveCommand,
  plan: async () => (await import('./plan.js')).planCommand,
  release: async () => (await import('./release.js')).releaseCommand,
  watch: async () => (await import('./watch.js')).watchCommand,
  status: async () => (await import('./status.js')).statusCommand,
  approve: async () => (await import('./approve.js')).approveCommand,
  revoke: async () => (await import('./approve.js')).revokeCommand,
  code: async () => (await import('./code.js')).codeCommand,
  reject: async () => (await import('./approve.js')).rejectCommand,
  ...Object.fromEntries(
    precedence.map((kind) => [kind, async () => (await import('./commands.js')).commandVerb(kind)]),
  ),
  acknowledge: async () => (await import('./acknowledge.js')).acknowledgeCommand,
  hold: async () => (await import('./hold.js')).holdCommand,
  veto: async () => (await import('./veto.js')).vetoCommand,
  evidence: async () => (await import('./evidence.js')).evidenceCommand,
  drill: async () => (await import('./drill.js')).drillCommand,
  'restore-test': async () => (await import('./restore-test.js')).restoreTestCommand,
  review: async () => (await import('./review.js')).reviewCommand,
  'follow-up': async () => (await import('./follow-up.js')).followUpCommand,
  alerts: async () => (await import('./alerts.js')).alertsCommand,
  reconcile: async () => (await import('./reconcile.js')).reconcileCommand,
  drift: async () => (await import('./drift.js')).driftCommand,
  retention: async () => (await import('./retention.js')).retentionCommand,
  schedules: async () => (await import('./schedules.js')).schedulesCommand,
  secrets: async () => (await import('./secrets.js')).secretsCommand,
  rotated: async () => (await import('./secrets.js')).rotatedCommand,
  flag: async () => (await import('./flag.js')).flagCommand,
  documents: async () => (await import('./documents.js')).documentsCommand,
  audit: async () => (await import('./audit.js')).auditCommand,
  judge: async () => (await import('./judge.js')).judgeCommand,
  token: async () => (await import('./token.js')).tokenCommand,
};

const program = new Command('slipway')
  .description('Carries a change of a service from commit to production, and can prove how.')
  .version(version())
  .showHelpAfterError('(--help shows what is possible)')
  .addHelpText('after', exitCodesHelp)
  .exitOverride();
const asked = process.argv[2] ?? '';
const load = Object.hasOwn(commands, asked) ? [commands[asked]] : Object.values(commands);
for (const command of load) (await command?.())?.(program);

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

/** Of the package that this is built into. */
function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
