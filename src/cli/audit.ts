import type { Command } from 'commander';
import { createGovernanceRecords } from '../adapters/governance/records.js';
import { auditReportCommand } from './audit-report.js';
import { exitCodes } from './exit-codes.js';
import { configOrEnd, settingsOrEnd } from './reading.js';
import { print } from './verb.js';

/** `slipway audit verify`: whether the records are as they were written; `slipway audit report`: what they say. */
export function auditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .summary('verify the governance records, and report of a quarter')
    .description('What an auditor asks of the governance repository.');
  auditReportCommand(audit);
  audit
    .command('verify')
    .summary('whether every record is as it was written')
    .description(
      'Follows the chain of hashes through all records and names every one that was altered, removed or put in. Needs no running Slipway.',
    )
    .option('--config <file>', 'the configuration in the governance repository, ./slipway.yml unless said')
    .option('--json', 'the audit as one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway audit verify\n  slipway audit verify --json | jq .findings\n\nExit codes:\n  0  the chain holds\n  1  it does not, or it cannot be read\n  2  the command line or the configuration is wrong\n',
    )
    .action(verify);
}

async function verify(flags: { readonly config?: string; readonly json?: boolean }): Promise<void> {
  const { configFile } = settingsOrEnd(flags.config === undefined ? {} : { configFile: flags.config });
  const { directory } = await configOrEnd(configFile);
  const audit = await createGovernanceRecords({ directory }).audit();
  const holds = audit.verified ? 'the chain holds' : 'the chain does not hold';
  print(flags, audit, [`${audit.records} records: ${holds}`, ...audit.findings]);
  process.exitCode = audit.verified ? exitCodes.ok : exitCodes.fault;
}
