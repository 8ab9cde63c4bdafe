/** How near to customers an environment is; the spec's rules depend on it. */
export type Tier = 'development' | 'staging' | 'production';

/** One service in one environment: what a rollout works on. */
export interface Place {
  readonly service: string;
  readonly environment: string;
}

/** A role of SPEC-0701 in kebab-case (`governance-sentinel`), or one of your own. */
export type Role = string;

export const implementationWrangler: Role = 'implementation-wrangler';
export const governanceSentinel: Role = 'governance-sentinel';
export const serviceOwner: Role = 'service-owner';
/** Any two of the board let an emergency into production. */
export const governanceBoard: Role = 'governance-board';

/** Somebody who acts: `person` is a name of the configuration's `people`. */
export interface Person {
  readonly person: string;
  readonly roles: readonly Role[];
}
