/** A number of things, as people say it: `1 table`, `3 tables`. */
export const counted = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;
