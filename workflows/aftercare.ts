import {
  ActivityFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { AftercareOrder, AftercareProgress, AftercareReport } from '../src/domain/aftercare.js';
import { type Command, type CommandRecord, type Phase, ruleOn } from '../src/domain/command.js';
import { after, minutes } from '../src/domain/duration.js';
import type { Demand } from '../src/domain/rollout.js';
import type { Window } from '../src/domain/strategy.js';
import type { Verdict } from '../src/domain/verdict.js';
import { aftercareProgress, commandSignal, demandSignal, type Heard, serviceId } from '../src/messages.js';
import { keepingIn, recording, watchIn } from './activities.js';
import { hearAlerts } from './alerting.js';
import { stateAttribute } from './attributes.js';
import { now } from './clock.js';
import { hearCommands, noteCommand } from './commands.js';
import { aftercareDetails } from './details.js';
import { codeOf } from './faults.js';
import { settling, turnOff } from './flags-first.js';
import { readCommand } from './reading.js';
import { resolvable } from './resolvable.js';

/**
 * The hours after an adoption. What runs is watched in one activity, whatever their length; the former version is kept
 * warm, as the target of a rollback that needs to start nothing, and is retired at the end. A demand is the mailbox's to
 * follow: it brings the former version back as a release of its own.
 */
export async function aftercare(order: AftercareOrder): Promise<AftercareReport | Demand> {
  const { plan, window, changeId, baseline, roster = {} } = order;
  const { place, to, generation } = plan;
  const until = after(now(), window.for);
  const demanded = resolvable<Demand>();
  let state: AftercareProgress['state'] = 'watching';
  let report: AftercareReport | undefined;
  let recorded: Promise<void> = Promise.resolve();

  setHandler(aftercareProgress, progress, { description: 'What has been adopted, and until when it is watched.' });
  setHandler(commandSignal('rollback'), onRollback, {
    description: 'Bring the former version back. Example: {"person": "dave", "reason": "customers cannot pay"}',
  });
  const commands: CommandRecord[] = [];
  hearCommands({ changeId, roster, hear, refuse: () => undefined }, ['snooze']);
  const { aftercare: severities, since } = { aftercare: {}, since: now(), ...order.alerts };
  const alerts = hearAlerts({
    severities,
    meets: () => ({ changeId, version: to.version, lane: 'stable', since, phase: phase() }),
    demand: (wanted) => demanded.resolve(wanted),
    show,
  });
  setDefaultSignalHandler(() => undefined);
  void CancellationScope.current().cancelRequested.catch(() => {
    const reason = 'cancellation of the aftercare was requested';
    demanded.resolve({ by: 'the Temporal UI', reason, at: now(), cause: 'cancellation' });
  });
  show();

  return await CancellationScope.nonCancellable(async () => {
    const scope = new CancellationScope();
    const watching = scope.run(() => watch());
    watching.catch(() => undefined);
    const seen = await Promise.race([watching, demanded]);
    scope.cancel();
    if ('cause' in seen) return await demand(seen);
    report = seen;
    if (seen.kind === 'bad')
      return await demand({
        by: 'slipway',
        reason: `aftercare: ${seen.verdict.reason}`,
        at: now(),
        cause: 'judgement',
      });
    if (seen.kind === 'over') await retire();
    await recorded;
    enter('ended');
    return seen;
  });

  /** Flags that the release was bound to go off first; only what is bad without them too comes back. */
  async function watch(): Promise<AftercareReport> {
    const seen = await look(window);
    if (seen.kind !== 'bad' || !(await flagsFirst())) return seen;
    recorded = CancellationScope.nonCancellable(() => record(seen.verdict));
    await sleep(settling(window.every), { summary: 'until everybody has heard of it' });
    const left = Date.parse(until) - Date.parse(now());
    return await look({ ...window, for: Math.max(left, 3 * window.every) });
  }

  async function look(length: Window): Promise<AftercareReport> {
    const ask = watchIn(place.environment, window.every, `watch ${to.version} after its adoption`);
    return await ask.observeAdopted({ place, digest: to.digest, window: length, ...(baseline && { baseline }) });
  }

  async function flagsFirst(): Promise<boolean> {
    const turning = { environment: place.environment, patience: minutes(2), generation, step: 'aftercare' };
    const turned = (plan.flags ?? []).map((flag) =>
      turnOff(flag, turning).catch((fault: unknown) => {
        if (fault instanceof ActivityFailure) return false;
        throw fault;
      }),
    );
    return (await Promise.all(turned)).includes(true);
  }

  /** A flag in production is in the Change Log, and its decision is somebody's to take, also where nobody set it. */
  async function record(verdict: Verdict): Promise<void> {
    const { about } = order;
    if (!about) return;
    const { service, environment } = place;
    await recording(`flags of ${service} turned off in ${environment}`).recordFlagsOff({
      ...{ changeId, service, version: to.version, environment, at: now(), during: 'the aftercare', verdict, ...about },
      flags: plan.flags ?? [],
    });
  }

  /** Tried until the mailbox has heard it. */
  async function demand(wanted: Demand): Promise<Demand> {
    enter('demanding');
    const said = { environment: place.environment, changeId, demand: wanted };
    for (;;) {
      try {
        await getExternalWorkflowHandle(serviceId(place.service)).signal(demandSignal.name, said);
        break;
      } catch {
        await sleep('30 seconds', { summary: 'the mailbox of the service is not there; told again' });
      }
    }
    await recorded;
    return wanted;
  }

  /** A later rollout has a higher generation: then it is that one's to say what becomes of the former version. */
  async function retire(): Promise<void> {
    enter('retiring');
    const ask = keepingIn(place.environment, `retire ${plan.from?.version ?? 'the former version'}`);
    try {
      await ask.retireFormer({ key: `${workflowInfo().runId}/${generation}/retire`, generation, place });
    } catch (fault) {
      if (!(fault instanceof ActivityFailure) || codeOf(fault) !== 'superseded') throw fault;
    }
  }

  function hear(command: Command): CommandRecord {
    const ruling = ruleOn(command, { phase: phase(), paused: false, looks: false }, commands);
    if (ruling.outcome === 'done') alerts.snooze(command.by, command.reason, command.lasts);
    const record = { ...command, ...ruling };
    noteCommand(commands, record);
    show();
    return record;
  }

  function phase(): Phase {
    return state === 'watching' ? 'observing' : state === 'demanding' ? 'going-back' : 'closing';
  }

  function onRollback(heard: Heard): void {
    const read = readCommand('rollback', heard);
    if (!read.ok) return;
    const { person, reason } = read.value;
    demanded.resolve({ by: person, reason, at: now(), cause: 'person' });
  }

  function enter(next: AftercareProgress['state']): void {
    state = next;
    upsertSearchAttributes([{ key: stateAttribute, value: next }]);
    show();
  }

  function show(): void {
    setCurrentDetails(aftercareDetails(progress()));
  }

  function progress(): AftercareProgress {
    return { state, changeId, plan, until, ...(report && { report }), ...alerts.standing() };
  }
}
