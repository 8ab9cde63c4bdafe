import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { Agent } from 'node:http';
import type { Logger } from 'pino';
import { spoken } from '../../../domain/duration.js';
import { Refused } from '../../../domain/failure.js';
import type { Instance as InstanceStatus } from '../../../ports/fleet.js';
import { given } from './ended.js';
import { tailOf } from './files.js';
import { freePort, isFree } from './free-port.js';
import { createHealth } from './health.js';
import type { Health } from './health.js';
import { clear, foundling, furnish, launch, logOf } from './launch.js';
import type { Quarters } from './launch.js';
import { birthOf, isRunning, killGroup, stopGroup } from './os-process.js';
import type { ProcessId } from './os-process.js';
import type { InstanceRecord } from './state.js';

export interface Surroundings {
  readonly quarters: Quarters;
  readonly log: Logger;
  /** Ports given to instances and places of this host. */
  readonly ports: Set<number>;
  /** Told when what is remembered of the instance has changed. */
  readonly changed: () => void;
}

const firstWait = 100;
const longestWait = 30_000;
const portsTried = 5;
const idleUpstream = 1_000;
/** Who has run that long has not fallen over its own start. */
const steady = 60_000;

/** One process of a service, for as long as it is wanted: started, watched, started again when it dies, ended in order. */
export class Instance {
  /** Connections for requests that may be sent twice; let go long before an instance would let go of them. */
  readonly agent = new Agent({ keepAlive: true, timeout: idleUpstream, maxFreeSockets: 32 });
  #record: InstanceRecord;
  readonly #around: Surroundings;
  readonly #health: Health;
  readonly #events = new EventEmitter().setMaxListeners(0);
  #requests = 0;
  #exits = 0;
  #falls = 0;
  #lastFall = '';
  #startedAt = 0;
  #portsLost = 0;
  /** The process that this host started itself. */
  #child: ProcessId | undefined;
  #wanted = true;
  #ended: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(record: InstanceRecord, around: Surroundings) {
    this.#record = record;
    this.#around = around;
    if (record.port > 0) around.ports.add(record.port);
    this.#health = createHealth({
      paths: record.settings.process,
      changed: () => this.#tell(),
      missed: () => this.#buryIfDead(),
    });
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  /** May be given requests. */
  get able(): boolean {
    return this.#ended === undefined && this.#health.healthy && this.#health.ready;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#record.port}`;
  }

  /** What it says it runs; of one that says nothing, what it was started from. */
  get digest(): string {
    return this.#health.reported ?? this.#record.digest;
  }

  status(lane: InstanceStatus['lane']): InstanceStatus {
    const { id, version } = this.#record;
    return { id, lane, digest: this.digest, version, healthy: this.#health.healthy, url: this.url };
  }

  /** Takes over the process that runs, or starts one. Returns when it was looked at once or started. */
  async begin(): Promise<void> {
    if (!this.#wanted) return;
    const known = this.#record.process;
    const found = known && isRunning(known) ? { process: known } : await this.#find();
    if (!found) {
      if (known) await killGroup(known);
      return this.#start();
    }
    this.#remember(found);
    this.#around.ports.add(this.#record.port);
    await this.#health.begin(this.#record.port);
  }

  /** Waits until it may be given requests. Refused as `unhealthy` when it dies on the way or needs too long. */
  async ready(ended: AbortSignal): Promise<void> {
    const { startWithin } = this.#record.settings.process;
    const deadline = AbortSignal.timeout(startWithin);
    const interrupted = given(AbortSignal.any([ended, deadline]));
    const exits = this.#exits;
    if (this.#again) void this.#start();
    while (!this.able) {
      ended.throwIfAborted();
      if (this.#exits > exits) throw await this.#unhealthy(`${this.#lastFall} before it was ready`);
      if (deadline.aborted) throw await this.#unhealthy(`was not ready within ${spoken(startWithin)}`);
      await Promise.race([once(this.#events, 'told'), interrupted]);
    }
  }

  /** Counts a request in; the function it returns counts it out. */
  enter(): () => void {
    this.#requests += 1;
    return () => {
      this.#requests -= 1;
      if (this.#requests === 0) this.#tell();
    };
  }

  /** Somebody met a closed door: look at once. */
  suspect(): void {
    this.#health.hurry();
  }

  /** The host goes, the process stays: nobody here starts it again. */
  letGo(): void {
    this.#wanted = false;
    clearTimeout(this.#again);
  }

  /** Ends it in order: no new requests, those under way answered, SIGTERM, and SIGKILL for what does not listen. */
  end(after: 'keep' | 'clear'): Promise<void> {
    return (this.#ended ??= this.#leave(after));
  }

  async #leave(after: 'keep' | 'clear'): Promise<void> {
    const { stopWithin } = this.#record.settings.process;
    this.letGo();
    const late = AbortSignal.timeout(stopWithin);
    const tooLate = given(late);
    while (this.#requests > 0 && !late.aborted) await Promise.race([once(this.#events, 'told'), tooLate]);
    await Promise.allSettled([this.#starting]);
    const process = this.#record.process ?? (await this.#find())?.process;
    if (process) await stopGroup(process, stopWithin);
    this.#health.end();
    this.agent.destroy();
    this.#around.ports.delete(this.#record.port);
    if (after === 'clear') await clear(this.#around.quarters, this.#record.id);
    this.#around.log.info({ instance: this.#record.id }, 'instance ended');
  }

  #find() {
    return foundling(this.#around.quarters, this.#record.id);
  }

  #start(): Promise<void> {
    clearTimeout(this.#again);
    this.#again = undefined;
    if (!this.#wanted) return Promise.resolve();
    return (this.#starting ??= this.#launch().finally(() => (this.#starting = undefined)));
  }

  async #launch(): Promise<void> {
    let child: ChildProcess;
    try {
      await furnish(this.#around.quarters, this.#record);
      await this.#takePort();
      if (!this.#wanted) return;
      child = launch(this.#around.quarters, this.#record);
    } catch (error) {
      this.#fell(`could not be started (${String(error)})`);
      return;
    }
    child.once('error', (error) => this.#fell(`could not be started (${error.message})`));
    if (child.pid === undefined) return;
    const process = { pid: child.pid, birth: birthOf(child.pid) ?? 'unknown' };
    this.#child = process;
    child.once('exit', (code, signal) => void this.#bury(process, `ended with ${code ?? signal ?? 'nothing'}`));
    this.#startedAt = Date.now();
    this.#remember({ process });
    void this.#health.begin(this.#record.port);
    this.#around.log.info({ instance: this.#record.id, ...process, port: this.#record.port }, 'instance started');
    this.#around.changed();
  }

  /** The port it had, as long as nobody else has it now. */
  async #takePort(): Promise<void> {
    const { ports } = this.#around;
    const { port } = this.#record;
    if (port > 0 && (await isFree(port))) return;
    const other = await freePort(ports);
    ports.delete(port);
    ports.add(other);
    this.#remember({ port: other });
  }

  /** Of a child of ours the end is told, and how it ended; one that was taken over has to be looked at. */
  #buryIfDead(): void {
    const { process } = this.#record;
    if (process && process !== this.#child && !isRunning(process)) void this.#bury(process, 'was found dead');
  }

  /** The process is gone: so is what it started, and the next one is on its way. */
  async #bury(dead: ProcessId, how: string): Promise<void> {
    const { process, ...rest } = this.#record;
    if (process !== dead || !this.#wanted) return;
    this.#health.end();
    this.#record = rest;
    await killGroup(dead);
    if (Date.now() - this.#startedAt > steady) this.#falls = 0;
    // Somebody was quicker with the port: that is nobody's failure.
    if (this.#portsLost < portsTried && !(await isFree(rest.port))) {
      this.#portsLost += 1;
      return this.#start();
    }
    this.#fell(how);
  }

  #fell(how: string): void {
    if (!this.#wanted) return;
    this.#exits += 1;
    this.#lastFall = how;
    this.#remember({ restarts: this.#record.restarts + 1 });
    const wait = Math.min(longestWait, firstWait * 2 ** this.#falls);
    this.#falls += 1;
    this.#around.log.warn({ instance: this.#record.id, wait }, `instance ${how}; starting it again`);
    this.#again = setTimeout(() => void this.#start(), wait);
    this.#tell();
  }

  async #unhealthy(what: string): Promise<Refused> {
    const said = await tailOf(logOf(this.#around.quarters, this.#record.id), 2_000);
    return new Refused('unhealthy', `instance ${this.#record.id} ${what}; its last lines:\n${said || '(none)'}`);
  }

  #remember(change: Partial<InstanceRecord>): void {
    this.#record = { ...this.#record, ...change };
  }

  #tell(): void {
    this.#events.emit('told');
  }
}
