import {
  continueAsNew,
  patched,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { type Finding, keyOf } from '../src/domain/finding.js';
import { driftSignal, type Heard, reconcilerFindings } from '../src/messages.js';
import { comparingIn, comparingRecords } from './activities.js';
import { findingDetails } from './details.js';
import { tellAll } from './notices.js';

/** What the reconciler remembers from run to run. */
export interface ReconcilerMemory {
  readonly environment: string;
  readonly findings: readonly Finding[];
  /** What the drift watch has found; missing before the first. */
  readonly drift?: readonly Finding[];
  /** Of the one that compares the records with the engine; the others compare their environment. */
  readonly records?: true;
}

/**
 * Compares an environment with what is under way there, for as long as there is that environment: Terminate in the
 * Temporal UI runs no code of ours, so it is found by what it leaves behind. One activity looks until something
 * has changed; people are told of what is new, and of what is in order again.
 */
export async function reconciler({ environment, findings: before, ...memory }: ReconcilerMemory): Promise<never> {
  let findings = before;
  let drift = memory.drift ?? [];
  setHandler(reconcilerFindings, () => [...findings, ...drift], {
    description: 'What is not in order, or waits for people.',
  });
  let told = Promise.resolve();
  setHandler(driftSignal, hearDrift, { description: 'What was changed by hand (the drift watch tells it).' });
  setDefaultSignalHandler(() => undefined);
  for (;;) {
    show();
    if (workflowInfo().continueAsNewSuggested) {
      for (let all = told; ; all = told) {
        await all;
        if (all === told) break;
      }
      const { records } = memory;
      const more = { ...(drift.length > 0 && { drift }), ...(records && { records }) };
      await continueAsNew<typeof reconciler>({ environment, findings, ...more });
    }
    const found = memory.records
      ? await comparingRecords.compareRecords({ known: findings })
      : await comparingIn(environment).compareWorld({ environment, known: findings });
    const notices = difference(findings, found);
    told = told.then(() => tellAll(notices));
    // A channel that takes nothing for minutes does not keep the next finding from being found.
    if (!patched('told-beside')) await told;
    findings = found;
  }

  function show(): void {
    setCurrentDetails(findingDetails(memory.records ? 'records and engine' : environment, [...findings, ...drift]));
  }

  /** What was known keeps the time it was first seen, and is not told again. */
  function hearDrift(heard: Heard): void {
    if (!heard.ok || !isFindings(heard.value)) return;
    const since = new Map(drift.map((finding) => [keyOf(finding), finding.since]));
    const now = heard.value.map((finding) => ({
      ...finding,
      environment,
      since: since.get(keyOf(finding)) ?? finding.since,
    }));
    const notices = difference(drift, now);
    drift = now;
    show();
    told = told.then(() => tellAll(notices));
  }
}

const isFindings = (met: unknown): met is readonly Finding[] =>
  Array.isArray(met) &&
  met.every((one) => {
    const { kind, service, since, text, command } = (one ?? {}) as Partial<Record<keyof Finding, unknown>>;
    return [kind, service, since, text, command].every((word) => typeof word === 'string');
  });

function difference(before: readonly Finding[], now: readonly Finding[]) {
  const [was, is] = [new Set(before.map(keyOf)), new Set(now.map(keyOf))];
  const news = now.filter((finding) => !was.has(keyOf(finding)));
  const over = before.filter((finding) => !is.has(keyOf(finding)));
  return [
    ...news.map((finding) => ({
      key: `${keyOf(finding)}/${finding.since}`,
      text: `${finding.text}. ${finding.command}`,
    })),
    ...over.map((finding) => ({
      key: `${keyOf(finding)}/${finding.since}/over`,
      text: `${finding.service || finding.about || 'all'}${finding.environment && ` in ${finding.environment}`}: ${finding.kind} is over`,
    })),
  ];
}
