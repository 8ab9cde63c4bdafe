import type { Times } from '../domain/calendar.js';
import { timesText } from '../domain/decisions/calendar/judge-calendar.js';
import { moment, whyNoRule } from '../domain/decisions/calendar/occurrences.js';
import { governanceBoard, governanceSentinel } from '../domain/environment.js';
import type { Config } from './config.js';
import type { Path, SenseFinding } from './problems.js';
import type { Written } from './schema.js';

/** What windows, freezes and exceptions do not make: times that never are, names that nobody has, a notice nobody needs. */
export function senseOfCalendars(config: Config, written: Written): readonly SenseFinding[] {
  const windows = Object.entries(written.environments).flatMap(([name, e]) =>
    (e.windows ?? []).flatMap((times, i) => whenever(times, ['environments', name, 'windows', i])),
  );
  const freezes = Object.entries(written.freezes).flatMap(([name, freeze]) => [
    ...whenever(freeze.times, ['freezes', name, 'times']),
    ...scoped(freeze, ['freezes', name], config),
  ]);
  const exceptions = written.exceptions.flatMap((exception, i) => [
    ...whenever(exception.times, ['exceptions', i, 'times']),
    ...scoped(exception, ['exceptions', i], config),
    ...approvedBy(exception.approver, ['exceptions', i, 'approver'], config),
  ]);
  return [...windows, ...freezes, ...exceptions, ...closing(config, written)];
}

/** Times that are some time. */
function whenever(times: Times, path: Path): readonly SenseFinding[] {
  const reads = [path];
  if (times.kind === 'rule') {
    const wanted = whyNoRule(times);
    return wanted === undefined ? [] : [{ path: [...path, 'rrule'], at: 'value', wanted, reads }];
  }
  if (times.kind === 'weekly')
    return times.from === times.to || times.from === '24:00'
      ? [
          {
            path,
            at: 'value',
            met: timesText(times),
            wanted: 'an end other than its beginning; a whole day is 00:00 to 24:00',
            reads,
          },
        ]
      : [];
  if (moment(times.from, times.zone) < moment(times.to, times.zone)) return [];
  return [{ path: [...path, 'to'], at: 'value', wanted: `a moment after ${times.from}`, reads }];
}

function scoped(
  { environments = [], services = [] }: { environments?: string[] | undefined; services?: string[] | undefined },
  path: Path,
  config: Config,
): readonly SenseFinding[] {
  const known = { environments: config.environments.map(({ name }) => name), services: Object.keys(config.services) };
  const unknown = (key: keyof typeof known, names: readonly string[]): readonly SenseFinding[] =>
    names.flatMap((name, i) =>
      known[key].includes(name)
        ? []
        : [{ path: [...path, key, i], at: 'value' as const, wanted: known[key], reads: [[key]] }],
    );
  return [...unknown('environments', environments), ...unknown('services', services)];
}

const mayExcept = [governanceSentinel, governanceBoard];

function approvedBy(approver: string, path: Path, { people }: Config): readonly SenseFinding[] {
  const able = Object.keys(people).filter((name) => people[name]?.roles.some((role) => mayExcept.includes(role)));
  if (able.includes(approver)) return [];
  const who = able.length > 0 ? able.join(', ') : 'nobody';
  return [
    { path, at: 'value', wanted: `somebody with the role ${mayExcept.join(' or ')}: ${who}`, reads: [['people']] },
  ];
}

/** What happens when it closes is about something that closes. */
function closing({ environments }: Config, written: Written): readonly SenseFinding[] {
  return environments.flatMap(({ name, calendar }): readonly SenseFinding[] => {
    const path = ['environments', name, 'when-closed'];
    if (!written.environments[name]?.['when-closed'] || calendar?.windows.length || calendar?.freezes.length) return [];
    const wanted = 'nothing: there is neither a window nor a freeze here that could close';
    return [{ path, at: 'key', wanted, reads: [['environments', name], ['freezes']] }];
  });
}
