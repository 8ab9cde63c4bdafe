import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Newest } from '../../../domain/fencing.js';
import type { HostReport, Order, PlaceView, ServiceSettings } from '../protocol.js';
import type { Counters, Levels } from './counters.js';
import { bringAbout } from './effects.js';
import type { Ground } from './effects.js';
import { freePort } from './free-port.js';
import { createGate } from './gate.js';
import { inWords } from './in-words.js';
import type { Instance, Surroundings } from './instance.js';
import type { Quarters } from './launch.js';
import { createRouting, fleetOf, newInstance, restoreLanes, staying, writtenLanes } from './lanes.js';
import type { Ledger } from './ledger.js';
import { createProxy } from './proxy.js';
import { placeWriter } from './state.js';
import type { PlaceState } from './state.js';

/** One service in one environment: its instances, the proxy in front of them, and the door its effects come through. */
export interface Place {
  /** Takes over or starts what is written down, and listens. */
  begin(): Promise<void>;
  /** Takes note of how the service is to be run from now on. */
  learn(settings: ServiceSettings): Promise<void>;
  /** Carries out an effect; returns when the world is as asked for. */
  order(ask: Exclude<Order['ask'], { kind: 'look' }>): Promise<void>;
  view(): PlaceView;
  report(): HostReport['places'][number];
  levels(): Levels;
  /** No new requests; those under way are answered. The instances go on. */
  close(): Promise<void>;
  /** Ends the instances in order; they are started again by the next host. */
  endInstances(): Promise<void>;
}

/** Users wait for the proxy while a new host looks at what runs already. */
const longestLook = 2_000;

/** A place as it was written down at `path`, or a new one. */
export function createPlace(of: {
  readonly path: string;
  readonly settings: ServiceSettings;
  readonly saved?: PlaceState;
  readonly quarters: Quarters;
  readonly ports: Set<number>;
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly log: Logger;
}): Place {
  const { ledger, counters, quarters, ports, saved } = of;
  const { service } = of.settings;
  const { environment } = quarters;
  const log = of.log.child({ service });
  const write = placeWriter(of.path);
  let { settings } = of;
  let port = saved?.port ?? 0;
  let written: Newest = { generation: saved?.generation ?? 0, ...(saved?.run !== undefined && { run: saved.run }) };
  if (port > 0) ports.add(port);

  const save = () => write(() => ({ settings, port, ...gate.seen, ...writtenLanes(lanes) }) satisfies PlaceState);
  const changed = () =>
    void save().catch((error: unknown) => log.error({ error }, 'the place could not be written down'));
  const around: Surroundings = { quarters, log, ports, changed };
  const lanes = restoreLanes(saved, around);
  const proxy = createProxy({ service, routing: createRouting(lanes), counters, log });
  const gate = createGate({
    place: `${service} in ${environment}`,
    seen: written,
    isApplied: (key) => ledger.has(service, key),
    raised: async (seen) => {
      if (seen.generation === written.generation && seen.run === written.run) return;
      await save();
      written = seen;
    },
  });

  const dismiss = async (instance: Instance) => {
    await instance.end('clear');
    if (lanes.leaving.delete(instance)) await save();
  };
  const ground: Ground = {
    name: `${service} in ${environment}`,
    lanes,
    add: async (name, source) => {
      const instance = newInstance(source, settings, around);
      const lane = lanes[name] ?? { artifact: source.artifact, instances: [] };
      lanes[name] = { ...lane, instances: [...lane.instances, instance] };
      await save();
      await instance.begin();
    },
    retire: async (instances) => {
      for (const name of ['stable', 'candidate', 'former', 'baseline'] as const) {
        const lane = lanes[name];
        if (lane) lanes[name] = { ...lane, instances: lane.instances.filter((i) => !instances.includes(i)) };
      }
      for (const instance of instances) lanes.leaving.add(instance);
      await Promise.all([save(), ...instances.map(dismiss)]);
    },
    allGone: async () => {
      await Promise.all([...lanes.leaving].map(dismiss));
    },
    save,
  };

  let listeningOn = 0;
  let opening: Promise<void> | undefined;
  const listen = () => (opening ??= open().finally(() => (opening = undefined)));
  const open = async () => {
    const wanted = settings.port || port || (await freePort(ports));
    if (listeningOn === wanted) return;
    await proxy.listen(wanted);
    ports.add(wanted);
    port = wanted;
    listeningOn = wanted;
    await save();
  };

  const view = (): PlaceView => ({
    fleet: fleetOf(lanes, gate.seen.generation),
    traffic: { share: lanes.share, url: `http://127.0.0.1:${port}` },
    sample: counters.sample(service, lanes.baseline !== undefined),
  });

  return {
    begin: async () => {
      for (const instance of lanes.leaving)
        void dismiss(instance).catch((error: unknown) => log.error({ error }, 'an instance could not be ended'));
      await Promise.race([Promise.all(staying(lanes).map((i) => i.begin())), sleep(longestLook)]);
      await listen().catch((error: unknown) => log.error({ error }, 'the public port could not be opened'));
    },
    learn: async (next) => {
      if (JSON.stringify(next) !== JSON.stringify(settings)) {
        settings = next;
        await save();
      }
      await listen();
    },
    order: (ask) =>
      gate.pass(ask.fence, async (ended) => {
        const facts = { ...ask.fence, what: inWords(ask) };
        log.info(facts, 'effect begun');
        await bringAbout(ground, ask, ended);
        await save();
        await ledger.append({ at: new Date().toISOString(), service, environment, ...facts });
        log.info(facts, 'effect applied');
      }),
    view,
    report: () => ({
      ...view(),
      service,
      restarts: staying(lanes).reduce((sum, i) => sum + i.record.restarts, 0),
      leaving: lanes.leaving.size,
      ...(gate.underWay !== undefined && { underWay: gate.underWay }),
    }),
    levels: () => {
      const { stable, candidate, baseline } = fleetOf(lanes, gate.seen.generation);
      const instances = [stable, candidate, baseline].flatMap((lane) => lane?.instances ?? []);
      return {
        service,
        share: lanes.share,
        instances: instances.map((i) => ({ id: i.id, lane: i.lane, up: i.healthy })),
      };
    },
    close: () => {
      for (const instance of staying(lanes)) instance.letGo();
      return proxy.close();
    },
    endInstances: async () => {
      await Promise.allSettled([...staying(lanes).map((i) => i.end('keep')), ...[...lanes.leaving].map(dismiss)]);
    },
  };
}
