/** What a variant of a flag stands for; all variants of one flag are of one type. */
export type FlagValue = boolean | number | string | { readonly [key: string]: unknown };

/** A disabled flag is answered to nobody: the default in the asking code holds. */
export type FlagState = 'ENABLED' | 'DISABLED';

/** What a change of a flag changes: everything else about a flag is edited, reviewed and kept like code. */
export interface FlagSetting {
  readonly state: FlagState;
  /** For everybody whom neither a targeting rule nor the rollout gives another. */
  readonly defaultVariant: string;
  /** Per cent of the targeting keys for each variant, together 100; missing where everybody gets the default. */
  readonly rollout?: Readonly<Record<string, number>>;
}

/** A flag as it holds in one environment. */
export interface FlagDefinition extends FlagSetting {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  /** The service it belongs to: what is watched while the flag is changed. */
  readonly service?: string;
  readonly variants: Readonly<Record<string, FlagValue>>;
  /** JsonLogic as flagd reads it; it is asked before the rollout. */
  readonly targeting?: unknown;
  /** The day (UTC) after which the flag should be gone from the code, `2027-03-31`. */
  readonly expires?: string;
}

/**
 * What somebody wants of a flag.
 * - `variant`: everybody gets it. `rollout`: a share of the targeting keys for each variant.
 * - `state`: enabled or disabled, whatever else is set. `setting`: exactly so; what a way back asks for.
 */
export type FlagTo =
  | { readonly kind: 'variant'; readonly variant: string }
  | { readonly kind: 'rollout'; readonly rollout: Readonly<Record<string, number>> }
  | { readonly kind: 'state'; readonly state: FlagState }
  | { readonly kind: 'setting'; readonly setting: FlagSetting };

/** What became of setting a flag, read back. `changed` is false where it was so already. */
export interface FlagSet {
  readonly before: FlagSetting;
  readonly after: FlagSetting;
  readonly changed: boolean;
  /** The file that says so, relative to the governance repository. */
  readonly path: string;
}

/** A setting as a phrase for people: `on`, `on 25 %, off 75 %`, `disabled`. */
export function settingText({ state, defaultVariant, rollout }: FlagSetting): string {
  if (state === 'DISABLED') return 'disabled';
  if (!rollout) return defaultVariant;
  return Object.entries(rollout)
    .map(([variant, percent]) => `${variant} ${percent} %`)
    .join(', ');
}

/** What is wanted, as a phrase for people. */
export function wantedText(to: FlagTo): string {
  switch (to.kind) {
    case 'variant':
      return to.variant;
    case 'rollout':
      return settingText({ state: 'ENABLED', defaultVariant: '', rollout: to.rollout });
    case 'state':
      return to.state.toLowerCase();
    case 'setting':
      return settingText(to.setting);
  }
}
