import type { Hold } from './rollout.js';

/** Somebody stops the line or lets it run again; `services` are told. An empty scope is nothing, never everything. */
export interface LineChange {
  readonly kind: 'hold' | 'release';
  readonly scope: string;
  readonly by: string;
  readonly reason: string;
  readonly services: readonly string[];
}

export const everything = 'everything';
export const serviceScope = (service: string): string => `service/${service}`;
export const environmentScope = (environment: string): string => `environment/${environment}`;

/** Whether a hold is about this service, wherever it is released. */
export const concerns = ({ scope }: Hold, service: string): boolean =>
  scope === everything || scope === serviceScope(service) || scope.startsWith('environment/');

/** Whether a hold stops this service in this environment. */
export const stops = ({ scope }: Hold, service: string, environment: string): boolean =>
  scope === everything || scope === serviceScope(service) || scope === environmentScope(environment);
