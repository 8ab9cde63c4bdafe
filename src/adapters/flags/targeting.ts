import { ErrorCode } from '@openfeature/core';
import { FlagdCore } from '@openfeature/flagd-core';

const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Why flagd cannot read this JsonLogic; nothing where it can. */
export function targetingFault(targeting: unknown): string | undefined {
  const core = new FlagdCore(undefined, silent, { disableDynamicCodeGeneration: true });
  const flag = { state: 'ENABLED', variants: { on: true }, defaultVariant: 'on', targeting };
  core.setConfigurations(JSON.stringify({ flags: { flag } }));
  return core.getFlag('flag')?.evaluate({}).errorCode === ErrorCode.PARSE_ERROR
    ? 'an operator it does not know'
    : undefined;
}

function nothing(): void {
  // What is wrong is told by the evaluation.
}
