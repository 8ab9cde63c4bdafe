import type { Config, ServiceConfig } from '../config/config.js';
import { nearest } from '../config/nearest.js';
import { roster } from '../config/orders.js';
import { tooManyMoved } from '../domain/decisions/flags/blast-radius.js';
import { settingFor, unknownFlag } from '../domain/decisions/flags/set-flag.js';
import { type Instant, minutes } from '../domain/duration.js';
import type { Person } from '../domain/environment.js';
import type { FlagDefinition } from '../domain/flag.js';
import type { FlagRequest, FlagWatch } from '../domain/flag-change.js';
import { byRequests, type Window } from '../domain/strategy.js';
import type { LiveFlags, Served } from './live-flags.js';
import { Problem } from './problems.js';
import { wantedBy, type WrittenFlagChange } from './requests/flag.js';

type EnvironmentConfig = Config['environments'][number];

/** The environment that a request names at `pointer`. Throws a problem that names those there are. */
export function knownEnvironment(environment: string, config: Config, pointer: string): EnvironmentConfig {
  const found = config.environments.find(({ name }) => name === environment);
  if (found) return found;
  const known = config.environments.map(({ name }) => name);
  const near = nearest(environment, known);
  const wanted = `one of ${known.join(', ')}${near === undefined ? '' : `. Did you mean ${near}?`}`;
  throw new Problem('senseless', `environment "${environment}" is not configured; wanted ${wanted}`, {
    errors: [{ pointer, met: `"${environment}"`, wanted }],
  });
}

/** What a written change means: checked against the flags as they are served, so that nothing senseless is begun. */
export async function flagRequestOf(
  ask: { readonly name: string; readonly body: WrittenFlagChange; readonly person: Person; readonly at: Instant },
  { config, flags }: { readonly config: Config; readonly flags: LiveFlags },
): Promise<FlagRequest> {
  const { name, body, person, at } = ask;
  const environment = knownEnvironment(body.environment, config, '/environment');
  const definition = definitionOf(name, environment.name, await readable(environment.name, flags));
  const to = wantedBy(body);
  const meant = settingFor(definition, to);
  const { blastRadius } = environment;
  const wrong = meant.ok ? blastRadius && tooManyMoved(definition, meant.setting, blastRadius) : meant;
  if (wrong)
    throw new Problem('senseless', `${name} cannot be set so: met ${wrong.met}; wanted ${wrong.wanted}`, {
      errors: [{ pointer: '/to', met: wrong.met, wanted: wrong.wanted }],
    });
  const service = definition.service === undefined ? undefined : config.services[definition.service];
  const observe = body.observe === undefined ? undefined : watchOf(body.observe, environment.name, service);
  return {
    environment: environment.name,
    tier: environment.tier,
    flag: name,
    to,
    reason: body.reason,
    requester: person,
    requestedAt: at,
    profile: config.profile,
    roster: { ...roster(config), [person.person]: person.roles },
    approval: environment.approval,
    ...(observe && { observe }),
    ...(blastRadius !== undefined && { blastRadius }),
    rollbackPatience: service?.rollbackPatience ?? minutes(5),
  };
}

/** That the flags a release is bound to are there, in every environment it goes to. */
export async function checkBound(
  names: readonly string[],
  environments: readonly string[],
  flags: LiveFlags,
): Promise<void> {
  if (names.length === 0) return;
  for (const environment of environments) {
    const served = await readable(environment, flags);
    for (const [i, flag] of names.entries()) {
      const known = served.flags.map(({ name }) => name);
      if (known.includes(flag)) continue;
      const near = nearest(flag, known);
      const hint = near === undefined ? '' : `. Did you mean ${near}?`;
      throw new Problem('senseless', `${unknownFlag({ environment, flag }, served)}${hint}`, {
        errors: [
          {
            pointer: `/flags/${i}`,
            met: `"${flag}"`,
            wanted: `a flag of ${environment}: ${known.join(', ') || 'there is none'}${hint}`,
          },
        ],
      });
    }
  }
}

/** The flags as their file stands; while it makes no sense nothing is set in it. */
async function readable(environment: string, flags: LiveFlags): Promise<Served> {
  const { served, problems } = await flags.in(environment);
  if (served && problems.length === 0) return served;
  throw new Problem(
    'refused',
    `the flags of ${environment} cannot be set while their file makes no sense: ${problems.join('; ')}`,
  );
}

function definitionOf(name: string, environment: string, served: Served): FlagDefinition {
  const found = served.flags.find((flag) => flag.name === name);
  if (found) return found;
  const near = nearest(
    name,
    served.flags.map((flag) => flag.name),
  );
  const hint = near === undefined ? '' : `. Did you mean ${near}?`;
  throw new Problem('not-found', `${unknownFlag({ environment, flag: name }, served)}${hint}`);
}

/** The window of a release of the service, as long as said; before it the same, but no longer than a quarter of an hour. */
function watchOf(
  observe: NonNullable<WrittenFlagChange['observe']>,
  environment: string,
  service: ServiceConfig | undefined,
): FlagWatch {
  const usual = service && windowIn(service, environment);
  if (!usual) {
    const wanted = service
      ? 'nothing: no strategy of its service has a window'
      : 'nothing: the flag belongs to no service';
    throw new Problem('senseless', `there is nothing to observe; wanted ${wanted}`, {
      errors: [{ pointer: '/observe', met: String(observe), wanted }],
    });
  }
  const length = observe === true ? usual.for : observe;
  const window = { ...byRequests(usual), for: length, every: Math.min(usual.every, length) };
  const compared = window.criteria.some(({ kind }) => kind === 'within-baseline');
  const before = { ...window, for: Math.min(length, minutes(15)), every: Math.min(window.every, minutes(15)) };
  return { service: service.name, window, ...(compared && { before }) };
}

function windowIn(service: ServiceConfig, environment: string): Window | undefined {
  const stages = [service.stages[environment], ...Object.values(service.stages)];
  return stages.map((stage) => stage?.strategy.afterwards).find((window) => window !== undefined);
}
