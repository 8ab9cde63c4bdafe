/** One thing that `slipway doctor` looked at. `todo` says what to do where it is not well. */
export interface Finding {
  readonly what: string;
  readonly well: boolean;
  readonly found: string;
  readonly todo?: string;
}

export const well = (what: string, found: string): Finding => ({ what, well: true, found });
export const ill = (what: string, found: string, todo: string): Finding => ({ what, well: false, found, todo });

/** A fault in its own words. */
export const said = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
