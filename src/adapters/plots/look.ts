/** Middle tones, each with a contrast of 4 to 1 and more on a white page and on a dark one: a picture cannot ask which it is on. */
export const colours = {
  ink: '#767d86',
  candidate: '#d9480f',
  stable: '#3a7fc1',
  bound: '#c8447a',
} as const;

/** Lengths in pixels. */
export const layout = { width: 824, head: 52, notice: 20, panel: 240, left: 56, right: 132 } as const;
