import type { Exception, Freeze } from '../domain/calendar.js';
import type { EnvironmentConfig } from './config.js';
import { referenceOf } from './meant-database.js';
import type { Written, WrittenEnvironment } from './schema.js';
import type { WrittenException } from './schema-calendar.js';

/** The calendar of an environment: its windows, and the freezes and exceptions that concern it. Nothing where there is none. */
export function calendarOf(
  environment: string,
  { tier, windows = [], customers, ...of }: WrittenEnvironment,
  written: Written,
  directory: string,
): EnvironmentConfig['calendar'] {
  // Freezes that name no environment are about production: what nobody meets may go on.
  const its = (environments: readonly string[] | undefined): boolean =>
    environments?.includes(environment) ?? tier === 'production';
  const freezes = Object.entries(written.freezes).flatMap(([name, freeze]): Freeze[] =>
    its(freeze.environments) ? [{ name, times: freeze.times, reason: freeze.reason, ...servicesOf(freeze) }] : [],
  );
  if (windows.length === 0 && freezes.length === 0 && !customers) return undefined;
  const exceptions = written.exceptions.filter(({ environments }) => its(environments)).map(exceptionOf);
  const closed = of['when-closed'];
  return {
    windows,
    freezes,
    exceptions,
    ...(customers && { customers: referenceOf(customers.webhook, directory) }),
    policy: {
      beforeTraffic: closed?.['before-traffic'] ?? 'stop',
      withTraffic: closed?.['with-traffic'] ?? 'finish',
      ...(customers && { notice: customers.notice }),
    },
  };
}

const exceptionOf = ({ times, reason, approver, ...of }: WrittenException): Exception => ({
  ...{ times, reason, approver },
  ...servicesOf(of),
});

const servicesOf = ({ services }: { readonly services?: readonly string[] | undefined }) => services && { services };
